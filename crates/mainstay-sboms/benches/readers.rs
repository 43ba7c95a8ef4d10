//! Reading and writing a CycloneDX document of 100 MB: `cargo bench -p mainstay-sboms`.

use std::fmt::Write as _;

use divan::Bencher;
use mainstay_sboms::cyclonedx::{OutputVersion, read_json, write_json};
use mainstay_sboms::inventory;

fn main() {
    divan::main();
}

/// So many components make about 100 MB.
const COMPONENTS: usize = 190_000;

/// A document of components with a checksum, a licence and an address, each of which needs two.
fn document() -> String {
    let mut out = String::from(
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\"metadata\":\
         {\"component\":{\"bom-ref\":\"app\",\"type\":\"application\",\"name\":\"app\"}},\
         \"components\":[",
    );
    for at in 0..COMPONENTS {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}\n    {{\n      \"bom-ref\": \"pkg:npm/p{at}@1.0.0\",\n      \"type\": \"library\",\n      \
             \"name\": \"p{at}\",\n      \"version\": \"1.0.0\",\n      \
             \"purl\": \"pkg:npm/p{at}@1.0.0\",\n      \
             \"hashes\": [{{\"alg\": \"SHA-256\", \"content\": \"{at:064x}\"}}],\n      \
             \"licenses\": [{{\"license\": {{\"id\": \"MIT\"}}}}],\n      \
             \"externalReferences\": [{{\"type\": \"vcs\", \"url\": \"https://git.example/p{at}\"}}]\n    }}"
        );
    }
    out.push_str("],\"dependencies\":[{\"ref\":\"app\",\"dependsOn\":[\"pkg:npm/p0@1.0.0\"]}");
    for at in 0..COMPONENTS {
        let (one, two) = ((at + 1) % COMPONENTS, (at + 7) % COMPONENTS);
        let _ = write!(
            out,
            ",\n    {{\"ref\": \"pkg:npm/p{at}@1.0.0\", \"dependsOn\": \
             [\"pkg:npm/p{one}@1.0.0\", \"pkg:npm/p{two}@1.0.0\"]}}"
        );
    }
    out.push_str("]}");
    out
}

#[divan::bench(sample_count = 3)]
fn read(bencher: Bencher<'_, '_>) {
    let text = document();
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| read_json(&text).map(|sbom| sbom.components.len()));
}

#[divan::bench(sample_count = 3)]
fn read_for_packages(bencher: Bencher<'_, '_>) {
    let text = document();
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| read_json(&text).map(|sbom| inventory(sbom.clone()).packages.len()));
}

#[divan::bench(sample_count = 3)]
fn write(bencher: Bencher<'_, '_>) {
    let text = document();
    let Ok(sbom) = read_json(&text) else { return };
    bencher.bench(|| write_json(&sbom, OutputVersion::V1_6).map(|text| text.len()));
}
