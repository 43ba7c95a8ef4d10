//! Version order and affected ranges, one module per ecosystem. No I/O.
