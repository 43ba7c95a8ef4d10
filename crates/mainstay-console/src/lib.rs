//! What a terminal sees: safe text, colour, progress, exit codes.
