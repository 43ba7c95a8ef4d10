//! Who is affected, asked of those who upload nothing: signed questions and signed answers.
