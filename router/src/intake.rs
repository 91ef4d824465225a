//! The way from the webhook handlers to the driver: bounded, and never waited for.

use engine::Event;
use tokio::sync::{mpsc, oneshot};

/// A notification on its way to the journal.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// Recognises repetitions.
    pub(crate) notification_id: Option<String>,
    /// What it tells: at least one event, or none of who only wants to know that it is taken in.
    pub(crate) events: Vec<Event>,
    answer: oneshot::Sender<Receipt>,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Receipt {
    /// It is in the journal, for good.
    Recorded,
    /// It was in the journal already.
    Duplicate,
    /// The journal did not take it: it may come again.
    Refused,
}

/// The queue has no place left.
#[derive(Debug)]
pub(crate) struct Full;

/// Where handlers put notifications in.
#[derive(Clone, Debug)]
pub(crate) struct Handle(mpsc::Sender<Delivery>);

/// A [`Handle`] that does not keep the queue open.
#[derive(Clone, Debug)]
pub(crate) struct WeakHandle(mpsc::WeakSender<Delivery>);

impl WeakHandle {
    /// The handle, as long as anybody else has one.
    pub(crate) fn upgrade(&self) -> Option<Handle> {
        self.0.upgrade().map(Handle)
    }
}

/// Makes a queue of this many places.
pub(crate) fn channel(places: usize) -> (Handle, mpsc::Receiver<Delivery>) {
    let (sender, receiver) = mpsc::channel(places);
    (Handle(sender), receiver)
}

impl Handle {
    /// A handle that does not keep the queue open.
    pub(crate) fn downgrade(&self) -> WeakHandle {
        WeakHandle(self.0.downgrade())
    }

    /// Puts a notification in; the receipt comes when it is durable.
    pub(crate) fn deliver(
        &self,
        notification_id: Option<String>,
        events: Vec<Event>,
    ) -> Result<oneshot::Receiver<Receipt>, Full> {
        let (answer, receipt) = oneshot::channel();
        let delivery = Delivery { notification_id, events, answer };
        self.0.try_send(delivery).map(|()| receipt).map_err(|_| Full)
    }
}

impl Delivery {
    /// Tells the handler. It may have given up waiting: then nobody needs to know.
    pub(crate) fn acknowledge(self, receipt: Receipt) {
        let _ = self.answer.send(receipt);
    }
}
