//! Walk, read, match, report: the answer to 'what is in this software?'
