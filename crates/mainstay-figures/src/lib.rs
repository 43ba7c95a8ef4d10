//! Figures about groups that single out nobody: bands, thresholds, releases over time.
