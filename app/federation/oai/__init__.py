"""OAI-PMH 2.0: what libraries and repositories harvest.

http://www.openarchives.org/OAI/openarchivesprotocol.html
"""
