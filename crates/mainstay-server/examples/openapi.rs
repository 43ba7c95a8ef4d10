//! Writes the description of the API to standard output, as `docs/schemas/openapi.json` has it.

#![expect(clippy::print_stdout, reason = "it writes to standard output")]

fn main() {
    println!("{:#}", mainstay_server::openapi());
}
