//! Every reader of model files, on broken ones: an answer, no panic, in bounded time.

#[path = "it/main.rs"]
mod it;

use mainstay_testkit::mutation;

#[test]
fn a_broken_model_file_is_examined_without_a_panic() {
    mutation::run("modelfiles", &it::everything::seeds(), |seed, input| {
        !it::everything::examined(&seed.name, input).dangers.is_empty()
    });
}
