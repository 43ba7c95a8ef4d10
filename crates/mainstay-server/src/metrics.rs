//! Numbers for those who watch the server. Standard: the text format of Prometheus, 0.0.4.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of the buckets of durations, in milliseconds.
const BUCKETS: [u64; 9] = [5, 10, 25, 50, 100, 250, 500, 1_000, 10_000];

/// Requests by route, and how long they took.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<(String, &'static str), Counts>>);

#[derive(Debug, Default)]
struct Counts {
    by_status: BTreeMap<u16, u64>,
    buckets: [u64; BUCKETS.len()],
    all: u64,
    microseconds: u64,
}

impl Metrics {
    /// Counts a request. `route` is the pattern of its path, so that there are few.
    pub(crate) fn count(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = routes.entry((route.to_owned(), method)).or_default();
        *counts.by_status.entry(status).or_default() += 1;
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        for (bucket, end) in counts.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(took_ms <= end);
        }
        counts.all += 1;
        counts.microseconds += u64::try_from(took.as_micros()).unwrap_or(0);
    }

    /// The numbers as text, with others of the server after them: name, meaning, value.
    pub(crate) fn text(&self, others: &[(&str, &str, i64)]) -> String {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from(
            "# HELP mainstay_requests_total Requests that were answered.\n\
             # TYPE mainstay_requests_total counter\n",
        );
        // Writing to a text cannot fail.
        for ((route, method), counts) in routes.iter() {
            for (status, count) in &counts.by_status {
                let _ = writeln!(
                    text,
                    "mainstay_requests_total{{route=\"{route}\",method=\"{method}\",\
                     status=\"{status}\"}} {count}"
                );
            }
        }
        text.push_str(
            "# HELP mainstay_request_seconds Time from the head of a request to its answer.\n\
             # TYPE mainstay_request_seconds histogram\n",
        );
        for ((route, method), counts) in routes.iter() {
            let labels = format!("route=\"{route}\",method=\"{method}\"");
            for (count, end) in counts.buckets.iter().zip(BUCKETS) {
                let end = seconds(end * 1_000);
                let name = "mainstay_request_seconds_bucket";
                let _ = writeln!(text, "{name}{{{labels},le=\"{end}\"}} {count}");
            }
            let _ = writeln!(
                text,
                "mainstay_request_seconds_bucket{{{labels},le=\"+Inf\"}} {all}\n\
                 mainstay_request_seconds_sum{{{labels}}} {sum}\n\
                 mainstay_request_seconds_count{{{labels}}} {all}",
                all = counts.all,
                sum = seconds(counts.microseconds),
            );
        }
        for (name, help, value) in others {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        text
    }
}

/// Microseconds as seconds, exactly.
fn seconds(microseconds: u64) -> String {
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_counted_in_every_bucket_that_it_is_within() {
        let metrics = Metrics::default();
        metrics.count("GET", "/affected", 200, Duration::from_millis(30));
        let text = metrics.text(&[("mainstay_jobs_dead", "Jobs that were given up.", 2)]);
        for line in [
            "mainstay_requests_total{route=\"/affected\",method=\"GET\",status=\"200\"} 1",
            "mainstay_request_seconds_bucket{route=\"/affected\",method=\"GET\",le=\"0.025000\"} 0",
            "mainstay_request_seconds_bucket{route=\"/affected\",method=\"GET\",le=\"0.050000\"} 1",
            "mainstay_request_seconds_sum{route=\"/affected\",method=\"GET\"} 0.030000",
            "mainstay_jobs_dead 2",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }
    }
}
