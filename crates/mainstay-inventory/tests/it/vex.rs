//! Statements out.

use mainstay_inventory::{InventoryError, NewStatement, Reach, VexOf};
use mainstay_vex::{Claim, VexFormat, read};

use crate::statements::{LEFT_PAD, openvex, send_vex, world_with_flaw};
use crate::world::{World, ada, at, sbom, worlds};

const NAMESPACE: &str = "https://vex.example.org";

fn filled(world: &World) -> String {
    world_with_flaw(world);
    world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
    send_vex(world, &openvex("GHSA-1", "pkg:npm/left-pad", "not_affected", 5), 10);
    world.asset("org_a", "portal")
}

#[test]
fn the_vex_of_an_asset_is_read_again_in_every_format_and_repeats() {
    for world in worlds() {
        let asset = filled(&world);
        for format in VexFormat::WRITTEN {
            let of = VexOf::Asset(&asset, Some("1"));
            let text = world.inventory.vex(of, format, (NAMESPACE, at(50))).unwrap();
            let again = world.inventory.vex(of, format, (NAMESPACE, at(60))).unwrap();
            assert_eq!(text, again, "the moment does not show");
            let document = read(text.as_bytes(), format).unwrap();
            assert_eq!(document.statements.len(), 1, "{text}");
            let statement = &document.statements[0];
            assert_eq!(statement.claim.word(), "not_affected");
            assert_eq!(document.said_by.author.as_deref(), Some("The org_a"));
            assert!(text.contains("Said by: Supplier"), "{text}");
        }
    }
}

#[test]
fn the_vex_of_an_organisation_silences_the_same_where_it_is_sent_again() {
    for world in worlds() {
        filled(&world);
        let of = VexOf::Party("org_a");
        let text = world.inventory.vex(of, VexFormat::Csaf, (NAMESPACE, at(50))).unwrap();
        world.organisation("org_b", &[]);
        world.send(("org_b", "portal", "1"), &sbom(&[LEFT_PAD]));
        let upload = mainstay_inventory::VexUpload {
            party: "org_b",
            asset: "",
            file_name: "v",
            bytes: text.as_bytes(),
        };
        let received = world.inventory.receive_vex(&upload, &ada(), at(60)).unwrap();
        assert_eq!((received.silenced, &*received.without_effect), (1, &[][..]));
    }
}

#[test]
fn what_is_said_of_a_range_is_given_out_for_what_is_there_of_it() {
    for world in worlds() {
        world_with_flaw(&world);
        let bytes = sbom(&["pkg:npm/a@1.0.0", "pkg:npm/a@3.0.0"]);
        world.send(("org_a", "portal", "1"), &bytes);
        let range = serde_json::json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "metadata": { "timestamp": at(5).to_string() },
            "components": [{ "type": "library", "bom-ref": "a", "name": "a",
                             "purl": "pkg:npm/a" }],
            "vulnerabilities": [{
                "id": "CVE-2026-1",
                "analysis": { "state": "not_affected", "justification": "code_not_reachable" },
                "affects": [{ "ref": "a", "versions": [
                    { "range": "vers:npm/<2.0.0", "status": "unaffected" },
                ] }],
            }],
        });
        send_vex(&world, range.to_string().as_bytes(), 10);
        let of = VexOf::Party("org_a");
        let text = world.inventory.vex(of, VexFormat::OpenVex, (NAMESPACE, at(50))).unwrap();
        let document = read(text.as_bytes(), VexFormat::OpenVex).unwrap();
        let written: Vec<String> =
            document.statements.iter().map(|one| one.product.written.to_string()).collect();
        assert_eq!(written.len(), 1, "{text}");
        assert!(written[0].contains("pkg:npm/a@1.0.0"), "{text}");
    }
}

#[test]
fn where_nobody_says_anything_there_is_no_document() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let of = VexOf::Party("org_a");
        let refused = world.inventory.vex(of, VexFormat::OpenVex, (NAMESPACE, at(50)));
        assert!(matches!(refused, Err(InventoryError::Vex(_))));
    }
}

#[test]
fn cyclonedx_asks_which_version() {
    for world in worlds() {
        let asset = filled(&world);
        world.send(("org_a", "portal", "2"), &sbom(&[LEFT_PAD]));
        let of = VexOf::Asset(&asset, None);
        let refused = world.inventory.vex(of, VexFormat::CycloneDx, (NAMESPACE, at(50)));
        assert!(matches!(refused, Err(InventoryError::Field { field: "release", .. })));
        let both = world.inventory.vex(of, VexFormat::OpenVex, (NAMESPACE, at(50))).unwrap();
        let document = read(both.as_bytes(), VexFormat::OpenVex).unwrap();
        assert_eq!(document.statements.len(), 2);
    }
}

#[test]
fn what_ran_out_is_not_written() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        let today = at(20).to_zoned(jiff::tz::TimeZone::UTC).date();
        let new = NewStatement {
            asset: &asset,
            release: "1",
            purl: LEFT_PAD,
            flaw: "GHSA-1",
            reach: Reach::Release,
            claim: Claim::Fixed,
            evidence: Vec::new(),
            notes: None,
            expires: Some(today),
            author: "Ada",
        };
        world.inventory.say(&new, &ada(), at(20)).unwrap();
        let of = VexOf::Asset(&asset, None);
        let write = |seconds| world.inventory.vex(of, VexFormat::OpenVex, (NAMESPACE, at(seconds)));
        assert!(write(30).unwrap().contains("Expires:"));
        assert!(write(3 * 86_400).is_err());
    }
}
