//! The router, from outside.

mod cli;
mod crash;
mod decode;
mod dispatch;
mod end_to_end;
mod journal;
mod recovery;
mod stage;
mod webhook;
