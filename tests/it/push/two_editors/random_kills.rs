//! Pushes and syncs that die: at a failpoint, or at a random moment.

use std::time::Duration;

use super::{FIELDS, TwoEditors};

/// Points at which a push or a sync dies, and how often it passes each at most.
const FAILPOINTS: [(&str, u32); 10] = [
    ("push.before_write", 4),
    ("push.after_write", 4),
    ("push.before_end", 1),
    ("fetch.after", 1),
    ("batch.begin", 4),
    ("batch.after_read", 2),
    ("batch.before_commit", 3),
    ("batch.after_commit", 3),
    ("run.before_mark", 1),
    ("run.after_mark", 1),
];

impl TwoEditors {
    pub(super) fn die(&mut self) {
        let commands = [&["push", "--yes"][..], &["push", "--yes", "--force"], &["sync"], &["sync", "--push"]];
        let command = *self.rng.choice(&commands).unwrap();
        let failpoint = *self.rng.choice(&FAILPOINTS).unwrap();
        self.die_at(command, failpoint);
    }

    /// Forces values over those that were typed on MAL meanwhile, and dies near the writes or at a random moment.
    pub(super) fn die_in_forced_push(&mut self, id: &str) {
        for _ in 0..2 {
            let edited = *self.rng.choice(&FIELDS).unwrap();
            self.edit_field_here(id, edited);
            self.edit_field_on_mal(id, edited);
        }
        let command = &["push", "--yes", "--force"];
        let near_writes =
            [("push.before_write", 2), ("push.after_write", 2), ("batch.before_commit", 4), ("batch.after_commit", 4)];
        if self.rng.bool() {
            let failpoint = *self.rng.choice(&near_writes).unwrap();
            self.die_at(command, failpoint);
            return;
        }
        let before = self.both_sides();
        let after = Duration::from_millis(self.rng.u64(20..250));
        let mut process = self.list.env.command(command).spawn().unwrap();
        sleep_for(after);
        process.kill().unwrap();
        self.list.env.wait_for_exit(process);
        self.note_replaced(&before, &format!("{command:?} for {after:?}"));
    }

    /// Runs a command that dies at a failpoint, which it passes a few times at most.
    fn die_at(&mut self, command: &[&str], (failpoint, most): (&str, u32)) {
        let points = format!("{failpoint}={}*off->return", self.rng.u32(..most));
        let before = self.both_sides();
        self.list.env.command(command).env("FAILPOINTS", &points).output().unwrap();
        self.note_replaced(&before, &format!("{command:?} with {points}"));
    }
}

#[expect(clippy::disallowed_methods, reason = "a crash comes at a random moment, not after an event")]
fn sleep_for(time: Duration) {
    std::thread::sleep(time);
}
