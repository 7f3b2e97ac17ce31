"""Who deserves what: RFM, tiers, quadrants, value; the door to their engines in `tourcrm.analysis`.

A session and a basis (day, window, cuts) in; out come rows a customer, and groups with what each
deserves. RFM and tiers list those with a trip in the window, quadrants all who ever travelled.
"""

from tourcrm.analysis.groups import Group
from tourcrm.analysis.quadrants import QUADRANT_TREATMENTS, Quadrants, quadrants
from tourcrm.analysis.rfm import SEGMENTS, Rfm, limits_r, limits_strict, rfm, score
from tourcrm.analysis.tiers import NO_TIER, TIER_TREATMENTS, Tiers, tiers
from tourcrm.analysis.trend import Trend, trend
from tourcrm.analysis.value import Value, value

__all__ = [
    "NO_TIER",
    "QUADRANT_TREATMENTS",
    "SEGMENTS",
    "TIER_TREATMENTS",
    "Group",
    "Quadrants",
    "Rfm",
    "Tiers",
    "Trend",
    "Value",
    "limits_r",
    "limits_strict",
    "quadrants",
    "rfm",
    "score",
    "tiers",
    "trend",
    "value",
]
