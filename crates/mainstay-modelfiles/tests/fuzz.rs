//! Every reader of model files, on broken ones: an answer, no panic, in bounded time. The fixtures come
//! from the tests in `it`.

#[path = "it/main.rs"]
pub mod it;

use mainstay_testkit::mutation;

#[test]
fn a_broken_model_file_is_examined_without_a_panic() {
    mutation::run("modelfiles", &it::everything::seeds(), |seed, input| {
        !it::everything::examined(&seed.name, input).dangers.is_empty()
    });
}
