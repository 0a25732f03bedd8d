//! Every setting, its layers, and where its value came from.
