//! Advisory formats: OSV records, the KEV catalogue, EPSS scores. Pure.
