//! The server: pages, the API, live events; the faces of what the rooms below do.
