//! Contrast of the colours, as WCAG 2.2 defines it ("relative luminance", "contrast ratio").

use mainstay_ui::assets;

/// The colours of a token: in the light theme, in the dark one.
fn token(name: &str) -> [[u8; 3]; 2] {
    let style = assets().iter().find(|asset| asset.path.contains("/style.")).unwrap();
    let css = std::str::from_utf8(style.bytes).unwrap();
    let begin = format!("--{name}: light-dark(");
    let pair = css.split_once(&begin).unwrap().1.split_once(')').unwrap().0;
    let (light, dark) = pair.split_once(", ").unwrap();
    [light, dark].map(|hex| {
        let digits = hex.strip_prefix('#').unwrap();
        [0, 2, 4].map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
    })
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn reaches(front: &str, back: &str, least: f64) {
    for (front_colour, back_colour) in token(front).into_iter().zip(token(back)) {
        let ratio = contrast(front_colour, back_colour);
        assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
    }
}

#[test]
fn black_on_white_has_the_greatest_contrast() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
}

#[test]
fn every_text_can_be_read_on_every_ground_in_both_themes() {
    for text in ["text", "muted", "accent", "second", "third", "critical", "high", "medium", "low"]
    {
        for ground in ["bg", "surface"] {
            reaches(text, ground, 4.5);
        }
    }
    reaches("on-accent", "accent", 4.5);
}

#[test]
fn the_edges_of_controls_can_be_seen_in_both_themes() {
    reaches("edge", "bg", 3.0);
    reaches("edge", "surface", 3.0);
}
