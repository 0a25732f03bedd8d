//! One verb a file: arguments and context in, outcome out.
