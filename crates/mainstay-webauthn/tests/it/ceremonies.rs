//! Both ceremonies, from the options to the verdict, with a software authenticator.

use mainstay_webauthn::authenticator::{Counts, Misbehaviour, SoftAuthenticator, Statement};
use mainstay_webauthn::{
    Aaguid, Algorithm, Asserted, Attestation, Backup, Ceremony, Counter, Identified, Passkey,
    Refused, UserHandle, assert as verify,
};

use crate::{checked, handle, made, party, passkey, used};

fn signed_in(by: &mut SoftAuthenticator, with: &Passkey) -> Result<Asserted, Refused> {
    let (challenge, assertion) = used(by);
    verify(&party(), &challenge, &assertion, with, Identified::ByAssertion(&handle()))
}

/// What a registration is refused with when the authenticator does this.
fn refused_registration(fault: Misbehaviour) -> Refused {
    let mut device = SoftAuthenticator::new(Algorithm::Es256).with_statement(Statement::SelfSigned);
    device.misbehave(fault);
    let (challenge, answer) = made(&mut device);
    checked(&challenge, &answer).unwrap_err()
}

/// What an assertion is refused with when the authenticator does this.
fn refused_assertion(fault: Misbehaviour) -> Refused {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let passkey = passkey(&mut device);
    device.misbehave(fault);
    signed_in(&mut device, &passkey).unwrap_err()
}

#[test]
fn a_passkey_of_every_algorithm_is_made_and_used() {
    for algorithm in Algorithm::ALL {
        let mut device = SoftAuthenticator::new(algorithm);
        let mut passkey = passkey(&mut device);
        assert_eq!(passkey.public_key.algorithm(), algorithm);
        assert_eq!((passkey.sign_count, passkey.aaguid), (0, Aaguid([0; 16])));
        for count in 1..=2 {
            let asserted = signed_in(&mut device, &passkey).unwrap();
            assert_eq!((asserted.sign_count, asserted.counter), (count, Counter::Advanced));
            passkey.sign_count = asserted.sign_count;
        }
    }
}

#[test]
fn a_self_attestation_is_verified_for_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let mut device = SoftAuthenticator::new(algorithm).with_statement(Statement::SelfSigned);
        assert_eq!(passkey(&mut device).attestation, Attestation::SelfSigned);
    }
}

#[test]
fn a_registration_is_refused_at_the_step_that_fails() {
    let other = "https://mainstay-two.example";
    let refusals = [
        (Misbehaviour::Type(Ceremony::Authentication), "7.1 step 7"),
        (Misbehaviour::Challenge, "7.1 step 8"),
        (Misbehaviour::Origin(other.to_owned()), "7.1 step 9"),
        (Misbehaviour::CrossOrigin, "7.1 steps 10 and 11"),
        (Misbehaviour::TopOrigin(crate::PAGE.to_owned()), "7.1 steps 10 and 11"),
        (Misbehaviour::RpId("example".to_owned()), "7.1 step 14"),
        (Misbehaviour::NoUserPresence, "7.1 step 15"),
        (Misbehaviour::NoUserVerification, "7.1 step 16"),
        (Misbehaviour::BackupContradiction, "7.1 step 17"),
        (Misbehaviour::Signature, "7.1 step 22"),
    ];
    for (fault, step) in refusals {
        let refused = refused_registration(fault.clone());
        assert_eq!(refused.step(Ceremony::Registration), step, "{fault:?}: {refused}");
    }
}

#[test]
fn an_assertion_is_refused_at_the_step_that_fails() {
    let other = "https://mainstay-two.example";
    let stranger = UserHandle::from_bytes(b"user-2").unwrap();
    let refusals = [
        (Misbehaviour::NoUserHandle, "7.2 step 6"),
        (Misbehaviour::UserHandle(stranger), "7.2 step 6"),
        (Misbehaviour::Type(Ceremony::Registration), "7.2 step 10"),
        (Misbehaviour::Challenge, "7.2 step 11"),
        (Misbehaviour::Origin(other.to_owned()), "7.2 step 12"),
        (Misbehaviour::CrossOrigin, "7.2 steps 13 and 14"),
        (Misbehaviour::TopOrigin(crate::PAGE.to_owned()), "7.2 steps 13 and 14"),
        (Misbehaviour::RpId("example".to_owned()), "7.2 step 15"),
        (Misbehaviour::NoUserPresence, "7.2 step 16"),
        (Misbehaviour::NoUserVerification, "7.2 step 17"),
        (Misbehaviour::BackupContradiction, "7.2 step 18"),
        (Misbehaviour::BackupEligibility, "7.2 step 19"),
        (Misbehaviour::Signature, "7.2 step 21"),
    ];
    for (fault, step) in refusals {
        let refused = refused_assertion(fault.clone());
        assert_eq!(refused.step(Ceremony::Authentication), step, "{fault:?}: {refused}");
    }
}

#[test]
fn a_user_who_is_known_need_not_be_named() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let passkey = passkey(&mut device);
    device.misbehave(Misbehaviour::NoUserHandle);
    let (challenge, assertion) = used(&mut device);
    let known = Identified::Before(&handle());
    assert!(verify(&party(), &challenge, &assertion, &passkey, known).is_ok());
}

#[test]
fn a_user_who_is_known_must_not_be_named_otherwise() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let passkey = passkey(&mut device);
    let (challenge, assertion) = used(&mut device);
    let other = UserHandle::from_bytes(b"user-2").unwrap();
    let refused =
        verify(&party(), &challenge, &assertion, &passkey, Identified::Before(&other)).unwrap_err();
    assert_eq!(refused, Refused::OtherUser);
}

#[test]
fn an_assertion_of_another_passkey_is_refused() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let other = passkey(&mut SoftAuthenticator::new(Algorithm::Es256));
    passkey(&mut device);
    assert_eq!(signed_in(&mut device, &other).unwrap_err(), Refused::OtherCredential);
}

#[test]
fn a_passkey_under_the_id_of_another_does_not_open_it() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let mut forged = passkey(&mut SoftAuthenticator::new(Algorithm::Es256));
    forged.id = passkey(&mut device).id;
    assert_eq!(signed_in(&mut device, &forged).unwrap_err(), Refused::Signature);
}

#[test]
fn two_copies_of_a_key_are_noticed_when_the_one_behind_is_used() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let mut passkey = passkey(&mut device);
    let mut copy = device.clone();
    let first = signed_in(&mut device, &passkey).unwrap();
    assert!(!first.may_be_cloned());
    passkey.sign_count = first.sign_count;
    let second = signed_in(&mut copy, &passkey).unwrap();
    assert_eq!((second.counter, second.sign_count), (Counter::Stalled, 1));
    assert!(second.may_be_cloned());
}

#[test]
fn the_counter_of_the_last_answer_again_is_noticed() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let mut passkey = passkey(&mut device);
    passkey.sign_count = signed_in(&mut device, &passkey).unwrap().sign_count;
    device.misbehave(Misbehaviour::CounterStalls);
    assert_eq!(signed_in(&mut device, &passkey).unwrap().counter, Counter::Stalled);
}

#[test]
fn a_counter_that_falls_back_to_zero_is_noticed_and_the_kept_one_stays() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256).with_counts(Counts::Nothing);
    let mut passkey = passkey(&mut device);
    passkey.sign_count = 7;
    let asserted = signed_in(&mut device, &passkey).unwrap();
    assert_eq!((asserted.counter, asserted.sign_count), (Counter::Stalled, 7));
}

#[test]
fn an_authenticator_that_does_not_count_is_no_clone() {
    let mut device = SoftAuthenticator::new(Algorithm::EdDsa).with_counts(Counts::Nothing);
    let passkey = passkey(&mut device);
    for _ in 0..2 {
        assert_eq!(signed_in(&mut device, &passkey).unwrap().counter, Counter::Absent);
    }
}

#[test]
fn a_refusal_says_what_failed_and_what_to_do() {
    let refused = refused_assertion(Misbehaviour::NoUserVerification);
    assert_eq!(
        refused.to_string(),
        "the authenticator did not verify the person, by PIN, finger or face"
    );
    assert!(refused.advice().contains("Set up a PIN"));
}

#[test]
fn the_state_of_backup_is_told_when_a_passkey_is_made_and_when_it_is_used() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256).with_backup(Backup::Missing);
    let passkey = passkey(&mut device);
    assert_eq!(passkey.backup, Backup::Missing);
    let mut device = device.with_backup(Backup::Done);
    assert_eq!(signed_in(&mut device, &passkey).unwrap().backup, Backup::Done);
}

#[test]
fn every_page_of_the_relying_party_may_ask() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    device.misbehave(Misbehaviour::Origin("https://eu.mainstay.example:8443".to_owned()));
    let (challenge, answer) = made(&mut device);
    assert!(checked(&challenge, &answer).is_ok());
}
