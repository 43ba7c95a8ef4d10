//! What this machine knows: the data folder, import, update, status, the starter set.
