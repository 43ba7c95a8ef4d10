//! The one outbound HTTP client: limits, resume, no surprises.
