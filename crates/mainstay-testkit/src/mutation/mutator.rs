//! Breaks a seed in one way after another.

#![expect(clippy::indexing_slicing, reason = "ranges are made within bounds; it is for tests only")]

use std::ops::Range;

use super::Seed;
use super::dictionary::{NESTS, NO_TEXT, TOKENS};
use super::random::Random;

/// No input is longer.
const LARGEST: usize = 256 << 10;

/// Makes the input of a round.
pub(super) struct Mutator<'s> {
    seeds: &'s [Seed],
}

impl<'s> Mutator<'s> {
    pub(super) fn new(seeds: &'s [Seed]) -> Self {
        Self { seeds }
    }

    /// The seed of a round, and what became of it.
    pub(super) fn input(&self, round: u64) -> (&'s Seed, Vec<u8>) {
        let mut random = Random::new(round);
        let first = &self.seeds[0];
        let seed = random.pick(self.seeds).unwrap_or(first);
        let mut input = seed.bytes.clone();
        // Few changes reach deep into a reader; many find what it does with rubbish.
        let changes = 1 << random.below(5);
        for _ in 0..changes {
            self.change(&mut random, &mut input);
            input.truncate(LARGEST);
        }
        (seed, input)
    }

    fn change(&self, random: &mut Random, input: &mut Vec<u8>) {
        match random.below(14) {
            0 => flip_bit(random, input),
            1 => set_byte(random, input),
            2 => drop(input.drain(short(random, input))),
            3 => input.truncate(random.below(input.len() + 1)),
            4 => repeat_range(random, input),
            5..=7 => insert_token(random, input),
            8 => insert(random, input, &random.clone().next().to_le_bytes()),
            9 => self.splice(random, input),
            10 => nest(random, input),
            11 => lines(random, input, |lines, one, other| lines.swap(one, other)),
            12 => lines(random, input, |lines, one, other| lines.insert(one, lines[other])),
            _ => lines(random, input, |lines, one, _| {
                lines.remove(one);
            }),
        }
    }

    /// Puts a piece of any seed in place of a piece of this one.
    fn splice(&self, random: &mut Random, input: &mut Vec<u8>) {
        let Some(other) = random.pick(self.seeds) else { return };
        let piece = range(random, other.bytes.len());
        let place = short(random, input);
        input.splice(place, other.bytes[piece].iter().copied());
    }
}

fn flip_bit(random: &mut Random, input: &mut [u8]) {
    let position = random.below(input.len());
    if let Some(byte) = input.get_mut(position) {
        *byte ^= 1 << random.below(8);
    }
}

fn set_byte(random: &mut Random, input: &mut [u8]) {
    let position = random.below(input.len());
    if let Some(byte) = input.get_mut(position) {
        *byte = random.byte();
    }
}

fn insert_token(random: &mut Random, input: &mut Vec<u8>) {
    let token = if random.below(16) == 0 {
        random.pick(NO_TEXT).copied()
    } else {
        random.pick(TOKENS).map(|token| token.as_bytes())
    };
    insert(random, input, token.unwrap_or_default());
}

fn insert(random: &mut Random, input: &mut Vec<u8>, bytes: &[u8]) {
    let position = random.below(input.len() + 1);
    input.splice(position..position, bytes.iter().copied());
}

fn repeat_range(random: &mut Random, input: &mut Vec<u8>) {
    let piece = input[short(random, input)].to_vec();
    let times = 1 << random.below(10);
    let room = LARGEST.saturating_sub(input.len()) / piece.len().max(1);
    insert(random, input, &piece.repeat(times.min(room)));
}

fn nest(random: &mut Random, input: &mut Vec<u8>) {
    let opening = random.pick(NESTS).copied().unwrap_or_default();
    let times = 1 << random.below(15);
    insert(random, input, opening.repeat(times).as_bytes());
}

fn lines(random: &mut Random, input: &mut Vec<u8>, change: impl Fn(&mut Vec<&[u8]>, usize, usize)) {
    let mut lines: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    if !lines.is_empty() {
        change(&mut lines, one, other);
        *input = lines.concat();
    }
}

/// A piece of the input, mostly a short one.
fn short(random: &mut Random, input: &[u8]) -> Range<usize> {
    let whole = range(random, input.len());
    let length = whole.len().min(1 << random.below(12));
    whole.start..whole.start + length
}

fn range(random: &mut Random, length: usize) -> Range<usize> {
    let (one, other) = (random.below(length + 1), random.below(length + 1));
    one.min(other)..one.max(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds() -> Vec<Seed> {
        vec![Seed::new("a", "one\ntwo\nthree\n"), Seed::new("b", "{\"x\": [1, 2]}")]
    }

    #[test]
    fn the_same_round_makes_the_same_input() {
        let seeds = seeds();
        let mutator = Mutator::new(&seeds);
        for round in 0..200 {
            assert_eq!(mutator.input(round), mutator.input(round));
        }
    }

    #[test]
    fn most_rounds_change_the_seed() {
        let seeds = seeds();
        let mutator = Mutator::new(&seeds);
        let changed = (0..1_000).filter(|round| {
            let (seed, input) = mutator.input(*round);
            seed.bytes != input
        });
        assert!(changed.count() > 900);
    }

    #[test]
    fn no_input_is_larger_than_the_limit() {
        let seeds = [Seed { name: "large".into(), bytes: vec![b'a'; LARGEST] }];
        let mutator = Mutator::new(&seeds);
        assert!((0..200).all(|round| mutator.input(round).1.len() <= LARGEST));
    }

    #[test]
    fn an_empty_seed_is_no_trouble() {
        let seeds = [Seed::new("empty", "")];
        let mutator = Mutator::new(&seeds);
        for round in 0..1_000 {
            mutator.input(round);
        }
    }
}
