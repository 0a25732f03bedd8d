//! Signals, pipes, terminals, limits and clocks.
