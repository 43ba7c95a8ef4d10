//! Lockfiles and manifests: bytes in, locked packages out. Pure.
