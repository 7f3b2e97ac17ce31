"""Messages to the agency's own people, kept until they are out.

In comes a text for whoever is on duty, out goes what became of it.

outbox       the places to send to, and what is still to be sent
pieces       cuts a long text into messages that a place accepts
transport    sends (apprise, an extra), and reads the answers of group robots
"""
