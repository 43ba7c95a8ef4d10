//! The words of the house: packages, ecosystems, purls, digests, severities. No I/O.
