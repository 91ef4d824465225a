//! A call with everything that can go wrong on its way: the answer, when it comes, and how.

use std::time::Duration;

use super::error::ApiError;
use super::{ApiRequest, ApiResponse, Operation, operations};
use crate::Moment;
use crate::faults::{CallFate, Effect, Ending, Length, Loss};
use crate::workspace::Workspace;

/// What a caller gets: whoever plays the network, in virtual time or on a socket, has this sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The answer. Nobody sees it if it is [reset](Sending::Reset) or [never sent](Sending::Never).
    pub response: ApiResponse,
    /// How long after the call the answer is sent, or the connection reset.
    pub delay: Duration,
    /// How it is sent.
    pub sending: Sending,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// As usual.
    Whole,
    /// In pieces.
    Slow {
        /// The size of each, in bytes; at least 1.
        bytes: usize,
        /// The time between two.
        every: Duration,
    },
    /// Its head promises all, and after so many bytes of the body the connection is reset.
    Truncated {
        /// How many bytes; fewer than there are, if there are any.
        keep: usize,
    },
    /// Not at all: the connection is reset.
    Reset,
    /// Not at all: after [`Exchange::delay`], when nobody waits any more, the connection is reset.
    Never,
}

impl Workspace {
    /// Answers a call of the REST API as a network without faults brings it: of the faults in force,
    /// those count that show in the status. Those of the connection (latency, resets, timeouts, broken
    /// bodies) are not asked: for them, there is [`exchange`](Self::exchange).
    pub fn handle(&mut self, at: Moment, request: &ApiRequest) -> ApiResponse {
        self.exchange_over(at, request, false).response
    }

    /// Answers a call of the REST API, with every fault in force. What the call changes it changes at
    /// `at`; only the answer takes time.
    pub fn exchange(&mut self, at: Moment, request: &ApiRequest) -> Exchange {
        self.exchange_over(at, request, true)
    }

    fn exchange_over(&mut self, at: Moment, request: &ApiRequest, connection: bool) -> Exchange {
        self.advance_to(at);
        let fate = self.faults.on_call(&request.method, &request.path, connection);
        if fate.struck.is_empty() {
            let response = self.call(request);
            return Exchange { response, delay: Duration::ZERO, sending: Sending::Whole };
        }
        let CallFate { delay, ending, body, struck } = fate;
        let mut exchange = match ending {
            None => Exchange { response: self.call(request), delay, sending: Sending::Whole },
            Some(Ending::Instead(loss)) => self.lose(request, delay, loss, None),
            Some(Ending::Afterwards(loss)) => {
                let response = self.call(request);
                self.lose(request, delay, loss, Some(response))
            }
        };
        self.log_faults(struck, &format!("{} {}", request.method, request.path));
        if exchange.sending == Sending::Whole {
            exchange.spoil(body);
        }
        exchange
    }

    /// What is left of an answer that is lost, or of one that was never given.
    fn lose(
        &mut self,
        request: &ApiRequest,
        delay: Duration,
        loss: Loss,
        answered: Option<ApiResponse>,
    ) -> Exchange {
        let (status, delay, sending) = match loss {
            Loss::Status(status) => (status, delay, Sending::Whole),
            Loss::Reset => (503, delay, Sending::Reset),
            Loss::Timeout(Length(after)) => (503, delay.max(after), Sending::Never),
        };
        let error = self.render_error(&ApiError::asked_for(status));
        let response = match (sending, answered) {
            // The headers of the rate limit are those of the call that was made.
            (Sending::Whole, Some(answered)) => ApiResponse { headers: answered.headers, ..error },
            (_, Some(answered)) => answered,
            (Sending::Whole, None) => {
                let found = operations::find(&request.method, &request.path);
                self.log_call(request, found.map(|(operation, _)| operation), &error);
                error
            }
            // Nothing was done, and nothing is said.
            (_, None) => error,
        };
        Exchange { response, delay, sending }
    }
}

/// The operation of a call, by Intercom's name for it.
pub(crate) fn operation_of(method: &str, path: &str) -> Option<&'static str> {
    operations::find(method, path).map(|(operation, _)| Operation::id(operation))
}

impl Exchange {
    fn spoil(&mut self, body: Option<Effect>) {
        let length = self.response.body.len();
        match body {
            Some(Effect::SlowBody { bytes, every }) => {
                self.sending = Sending::Slow { bytes, every: every.0 };
            }
            Some(Effect::Truncate(share)) => {
                let keep = (length as f64 * share) as usize;
                self.sending = Sending::Truncated { keep: keep.min(length.saturating_sub(1)) };
            }
            Some(Effect::InvalidJson) => {
                self.response.body = b"<html><body>Bad Gateway</body></html>".to_vec();
            }
            _ => {}
        }
    }
}
