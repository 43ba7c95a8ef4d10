//! What a page looks like: the shell, components, charts, the stylesheet.
