//! Inputs from facts that a scanner has: KEV, proofs of concept, a CVSS vector.
//!
//! | input | rule | source |
//! | --- | --- | --- |
//! | Exploitation | KEV or another report of attacks: active. A public proof of concept: at least that. *None* only where somebody searched for both and says so | SSVC, "Gathering Information About Exploitation" |
//! | In KEV | the catalogue | CISA |
//! | Technical Impact | CVSS 4: total if VC and VI are high, else partial. CVSS 3 with scope unchanged: the same by C and I. Scope changed: unknown, for the metrics may speak of another system. Availability alone is partial | SSVC, "Information Sources", "CVSS and Technical Impact" |
//! | Automatable | AU of CVSS 4 as it stands | SSVC, "Automatable": both mean the same |
//! | Automatable | likely yes for AV:N, AC:L, PR:N, UI:N (and AT:N in CVSS 4). Never no | our own rule, and only in the graver direction |
//! | Value Density | V of CVSS 4 as it stands | SSVC, "Information Sources" |
//!
//! EPSS is not among them: a probability is no evidence. That KEV does not list something is no
//! search either: it lists what is known to CISA. Who holds it for enough says so, as
//! [`Evidence::NoneFound`].

use crate::cvss::{Metrics, Version};
use crate::input::{Input, Inputs, Reason};
use crate::point::PointId;
use crate::priority::Kev;

/// What a search for evidence brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Evidence {
    /// It is there: where, for a person to read.
    Seen(String),
    /// Somebody searched and found nothing: where and when.
    NoneFound(String),
    /// Nobody searched.
    #[default]
    NotSearched,
}

/// Facts about one vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// What the KEV catalogue says.
    pub kev: Kev,
    /// Credible reports of attacks, besides KEV.
    pub attacks: Evidence,
    /// A public way to exploit it.
    pub public_poc: Evidence,
    /// A CVSS vector of version 3 or 4. The caller chooses the best of several.
    pub cvss: Option<&'a str>,
}

impl Facts<'_> {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        kev: Kev::Unknown,
        attacks: Evidence::NotSearched,
        public_poc: Evidence::NotSearched,
        cvss: None,
    };

    /// What these facts say of the inputs, for the versions of the points that come with the
    /// program.
    pub fn inputs(&self) -> Inputs {
        let mut inputs = Inputs::default();
        let mut set = |id: &str, input: Input| {
            if let Ok(point) = PointId::parse(id) {
                inputs.set(point, input);
            }
        };
        set("ssvc:E:1.1.0", self.exploitation());
        set("cisa:KEV:1.0.0", self.in_kev());
        match self.cvss.map(Metrics::read) {
            None => {}
            Some(Err(why)) => {
                set("ssvc:TI:1.0.0", Input::Unknown(why.into()));
                set("ssvc:A:2.0.0", Input::Unknown(why.into()));
            }
            Some(Ok(metrics)) => {
                set("ssvc:TI:1.0.0", technical_impact(&metrics));
                set("ssvc:A:2.0.0", automatable(&metrics));
                set("ssvc:VD:1.0.0", value_density(&metrics));
            }
        }
        inputs
    }

    fn exploitation(&self) -> Input {
        if self.kev == Kev::Listed {
            return known("A", Reason::stated("KEV lists it"));
        }
        let (none, seen) = ("no reports of attacks", "public exploit");
        match (&self.attacks, &self.public_poc) {
            (Evidence::Seen(at), _) => known("A", Reason::stated(format!("attacks: {at}"))),
            (Evidence::NoneFound(searched), Evidence::Seen(at)) => {
                known("P", Reason::stated(format!("{seen}: {at}; {none}: {searched}")))
            }
            (Evidence::NotSearched, Evidence::Seen(at)) => {
                let text = format!("{seen}: {at}; nobody searched for attacks");
                among(&["P", "A"], Reason::stated(text))
            }
            (Evidence::NoneFound(searched), Evidence::NoneFound(also)) => {
                known("N", Reason::stated(format!("{none}: {searched}; no {seen}: {also}")))
            }
            (Evidence::NoneFound(searched), Evidence::NotSearched) => {
                let text = format!("{none}: {searched}; nobody searched for a {seen}");
                among(&["N", "P"], Reason::stated(text))
            }
            (Evidence::NotSearched, Evidence::NoneFound(searched)) => {
                let text = format!("no {seen}: {searched}; nobody searched for attacks");
                among(&["N", "A"], Reason::stated(text))
            }
            (Evidence::NotSearched, Evidence::NotSearched) => Input::Unknown(match self.kev {
                Kev::NotListed => "KEV does not list it; nobody searched further".into(),
                Kev::Unknown | Kev::Listed => "nobody searched".into(),
            }),
        }
    }

    fn in_kev(&self) -> Input {
        match self.kev {
            Kev::Listed => known("Y", Reason::stated("KEV lists it")),
            Kev::NotListed => known("N", Reason::stated("KEV does not list it")),
            Kev::Unknown => Input::Unknown("KEV was not looked up".into()),
        }
    }
}

fn technical_impact(metrics: &Metrics<'_>) -> Input {
    let (confidentiality, integrity) = match metrics.version {
        Version::Four => ("VC", "VI"),
        Version::Three if metrics.of("S") == Some("U") => ("C", "I"),
        Version::Three => {
            return Input::Unknown("CVSS scope is changed: whose impact it gives is open".into());
        }
    };
    let rated = |name| metrics.of(name).filter(|value| ["H", "L", "N"].contains(value));
    let (Some(c), Some(i)) = (rated(confidentiality), rated(integrity)) else {
        return Input::Unknown("the CVSS vector has an impact that CVSS does not know".into());
    };
    let key = if (c, i) == ("H", "H") { "T" } else { "P" };
    let text = format!("SSVC's mapping of CVSS {confidentiality}:{c} and {integrity}:{i}");
    known(key, Reason::derived(text))
}

fn automatable(metrics: &Metrics<'_>) -> Input {
    if let (Version::Four, Some(key @ ("N" | "Y"))) = (metrics.version, metrics.of("AU")) {
        return known(key, Reason::stated(format!("CVSS 4 says AU:{key}")));
    }
    let simple = metrics.are(&[("AV", "N"), ("AC", "L"), ("PR", "N"), ("UI", "N")]);
    let unconditional = metrics.version == Version::Three || metrics.of("AT") == Some("N");
    if simple && unconditional {
        let text = "likely: CVSS has network, low complexity, no privileges, no user (our rule)";
        return known("Y", Reason::derived(text));
    }
    Input::Unknown("CVSS does not say; its base metrics cannot show that it is not".into())
}

fn value_density(metrics: &Metrics<'_>) -> Input {
    match (metrics.version, metrics.of("V")) {
        (Version::Four, Some(key @ ("D" | "C"))) => {
            known(key, Reason::stated(format!("CVSS 4 says V:{key}")))
        }
        _ => Input::Unknown("CVSS does not say".into()),
    }
}

fn known(key: &str, reason: Reason) -> Input {
    Input::Known(key.to_owned(), reason)
}

fn among(keys: &[&str], reason: Reason) -> Input {
    Input::Among(keys.iter().map(|key| (*key).to_owned()).collect(), reason)
}
