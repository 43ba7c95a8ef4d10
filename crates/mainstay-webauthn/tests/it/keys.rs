//! COSE keys: what is a key, and what is none.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use mainstay_webauthn::{Algorithm, CborError, KeyError, PublicKey};
use proptest::prelude::*;

use crate::written::{bytes, integer, map, text};

type Pairs = Vec<(i64, Vec<u8>)>;

fn p256() -> Pairs {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let point = key.public_key().as_ref();
    vec![
        (1, integer(2)),
        (3, integer(-7)),
        (-1, integer(1)),
        (-2, bytes(&point[1..33])),
        (-3, bytes(&point[33..])),
    ]
}

fn ed25519() -> Pairs {
    let key = Ed25519KeyPair::generate().unwrap();
    let x = bytes(key.public_key().as_ref());
    vec![(1, integer(1)), (3, integer(-8)), (-1, integer(6)), (-2, x)]
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Pairs {
    vec![(1, integer(3)), (3, integer(-257)), (-1, bytes(modulus)), (-2, bytes(exponent))]
}

fn read(pairs: &Pairs) -> Result<PublicKey, KeyError> {
    let pairs: Vec<_> =
        pairs.iter().map(|(label, value)| (integer(*label), value.clone())).collect();
    PublicKey::read(&map(&pairs))
}

/// A key with another value for one label.
fn with(mut pairs: Pairs, label: i64, value: Vec<u8>) -> Result<PublicKey, KeyError> {
    pairs.iter_mut().find(|(has, _)| *has == label).unwrap().1 = value;
    read(&pairs)
}

/// An odd number of so many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] >>= bytes.len() * 8 - bits;
    bytes
}

const EXPONENT: &[u8] = &[1, 0, 1];

#[test]
fn a_key_is_read_again_from_its_own_bytes() {
    for pairs in [p256(), ed25519(), rsa(&modulus(2048), EXPONENT)] {
        let key = read(&pairs).unwrap();
        assert_eq!(PublicKey::read(key.cose()), Ok(key));
    }
}

#[test]
fn members_may_stand_in_any_order() {
    let mut pairs = p256();
    pairs.reverse();
    assert_eq!(read(&pairs).unwrap().algorithm(), Algorithm::Es256);
}

#[test]
fn a_key_has_all_its_members_and_no_other() {
    for pairs in [p256(), ed25519(), rsa(&modulus(2048), EXPONENT)] {
        for at in 0..pairs.len() {
            let mut fewer = pairs.clone();
            fewer.remove(at);
            assert_eq!(read(&fewer), Err(KeyError::Members), "without {}", pairs[at].0);
        }
        // A key id, and what operations it is for: optional in COSE, not allowed here.
        for (label, value) in [(2, bytes(b"id")), (4, integer(2)), (-70, integer(0))] {
            let mut more = pairs.clone();
            more.push((label, value));
            assert_eq!(read(&more), Err(KeyError::Members), "with {label}");
        }
    }
}

#[test]
fn a_member_of_a_wrong_type_is_refused() {
    for pairs in [p256(), ed25519(), rsa(&modulus(2048), EXPONENT)] {
        for (label, _) in &pairs {
            let refused = with(pairs.clone(), *label, text("x"));
            assert_eq!(refused, Err(KeyError::Members), "{label}");
        }
    }
}

#[test]
fn an_algorithm_that_was_not_asked_for_is_refused() {
    for number in [-9, -35, -36, -37, -39, -47, -53, -65_535, 0, 7] {
        let refused = with(p256(), 3, integer(number));
        assert_eq!(refused, Err(KeyError::Algorithm(i128::from(number))));
    }
}

#[test]
fn kind_and_curve_are_those_of_the_algorithm() {
    assert_eq!(with(p256(), 1, integer(1)), Err(KeyError::Members));
    assert_eq!(with(p256(), -1, integer(2)), Err(KeyError::Members));
    assert_eq!(with(p256(), 3, integer(-8)), Err(KeyError::Members));
    assert_eq!(with(ed25519(), -1, integer(7)), Err(KeyError::Members));
    assert_eq!(with(ed25519(), 1, integer(2)), Err(KeyError::Members));
}

#[test]
fn a_compressed_point_is_refused() {
    assert_eq!(with(p256(), -3, vec![0xf5]), Err(KeyError::Members));
}

#[test]
fn a_point_that_is_not_on_the_curve_is_refused() {
    assert_eq!(with(p256(), -3, bytes(&[1; 32])), Err(KeyError::Numbers));
    let zeros = with(p256(), -2, bytes(&[0; 32])).unwrap_err();
    assert_eq!(zeros, KeyError::Numbers);
    assert_eq!(with(p256(), -2, bytes(&[0xff; 32])), Err(KeyError::Numbers));
}

#[test]
fn a_coordinate_has_32_bytes() {
    for length in [0, 31, 33, 64] {
        assert_eq!(with(p256(), -2, bytes(&vec![1; length])), Err(KeyError::Numbers));
        assert_eq!(with(p256(), -3, bytes(&vec![1; length])), Err(KeyError::Numbers));
        assert_eq!(with(ed25519(), -2, bytes(&vec![1; length])), Err(KeyError::Numbers));
    }
}

#[test]
fn an_rsa_key_has_2048_to_4096_bits() {
    for bits in [2048, 2049, 3072, 4096] {
        assert!(read(&rsa(&modulus(bits), EXPONENT)).is_ok(), "{bits}");
    }
    for bits in [1, 512, 1024, 2047, 4097, 16_384] {
        assert_eq!(read(&rsa(&modulus(bits), EXPONENT)), Err(KeyError::RsaSize), "{bits}");
    }
}

#[test]
fn an_rsa_exponent_is_odd_and_neither_small_nor_huge() {
    assert!(read(&rsa(&modulus(2048), &[0xff, 0xff, 0xff, 0xff])).is_ok());
    for wrong in [&[1][..], &[3], &[17], &[0xff, 0xff], &[1, 0, 2], &[1, 0, 0, 0, 1], &[1; 9]] {
        assert_eq!(read(&rsa(&modulus(2048), wrong)), Err(KeyError::RsaSize), "{wrong:?}");
    }
}

#[test]
fn rsa_numbers_have_no_zeros_before_them_and_an_odd_modulus() {
    let modulus = modulus(2048);
    let padded = [&[0][..], &modulus].concat();
    assert_eq!(read(&rsa(&padded, EXPONENT)), Err(KeyError::Numbers));
    assert_eq!(read(&rsa(&modulus, &[0, 1, 0, 1])), Err(KeyError::Numbers));
    assert_eq!(read(&rsa(&modulus, &[])), Err(KeyError::Numbers));
    assert_eq!(read(&rsa(&[], EXPONENT)), Err(KeyError::Numbers));
    let mut even = modulus;
    *even.last_mut().unwrap() = 0xfe;
    assert_eq!(read(&rsa(&even, EXPONENT)), Err(KeyError::Numbers));
}

#[test]
fn nothing_stands_after_a_key_that_was_kept() {
    let key = read(&ed25519()).unwrap();
    let more = [key.cose(), &[0]].concat();
    assert_eq!(PublicKey::read(&more), Err(KeyError::Cbor(CborError::Trailing)));
}

#[test]
fn a_key_that_is_no_map_is_refused() {
    assert_eq!(PublicKey::read(&[]), Err(KeyError::Cbor(CborError::Short)));
    assert_eq!(PublicKey::read(&[0x80]), Err(KeyError::Members));
    assert_eq!(PublicKey::read(&[0xa0]), Err(KeyError::Members));
}

proptest! {
    #[test]
    fn a_key_that_is_cut_is_refused(end in 0_usize..77) {
        let key = read(&p256()).unwrap();
        let cut = &key.cose()[..end];
        prop_assert_eq!(PublicKey::read(cut), Err(KeyError::Cbor(CborError::Short)));
    }

    #[test]
    fn a_key_with_a_flipped_bit_is_refused(at in 0_usize..77, bit in 0_u32..8) {
        let key = read(&p256()).unwrap();
        let mut bytes = key.cose().to_vec();
        bytes[at] ^= 1 << bit;
        // That the changed point lies on the curve again is as good as impossible.
        prop_assert!(PublicKey::read(&bytes).is_err());
    }
}
