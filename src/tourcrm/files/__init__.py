"""Files of other programs: sheets are read, results are written.

In comes a path (or stdin), out come chunks of rows of text cells with their line numbers; or rows
go in, and a file stands there whole or not at all. What a cell means is not known here.

reader       opens a sheet of any kind: the way in
csv          CSV and TSV in any encoding
workbook     .xlsx and .xls; `xlsx_xml` and `xls_chains` look at what must not be trusted in them
number_formats    which formats of a workbook show a day without its year; `xls_formats` where those
             of an .xls are
vcard        address books of phones, a card a row; `card_fields` what a card says
table        what all kinds of sheets share: chunks, limits, faults of rows
writer       writes files whole or not at all, privately, and CSV; why a file could not be written
xlsx_writer  the same for .xlsx
"""
