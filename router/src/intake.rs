//! The way from the webhook handlers to the driver: bounded, and never waited for.

use engine::Event;
use tokio::sync::{mpsc, oneshot};

use crate::journal::Unreadable;

/// A notification on its way to the journal.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// Recognises repetitions.
    pub(crate) notification_id: Option<String>,
    /// What it tells: at least one event, or none of who only wants to know that it is taken in.
    pub(crate) events: Vec<Event>,
    answer: oneshot::Sender<Receipt>,
}

/// What is on its way to the journal.
#[derive(Debug)]
pub(crate) enum Parcel {
    /// What could be read.
    Delivery(Delivery),
    /// What could not.
    Letter(Letter),
}

/// A webhook that cannot be read.
#[derive(Debug)]
pub(crate) struct Letter {
    unreadable: Unreadable,
    answer: oneshot::Sender<Receipt>,
}

/// What became of a parcel.
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
pub(crate) struct Handle(mpsc::Sender<Parcel>);

/// A [`Handle`] that does not keep the queue open.
#[derive(Clone, Debug)]
pub(crate) struct WeakHandle(mpsc::WeakSender<Parcel>);

impl WeakHandle {
    /// The handle, as long as anybody else has one.
    pub(crate) fn upgrade(&self) -> Option<Handle> {
        self.0.upgrade().map(Handle)
    }
}

/// Makes a queue of this many places.
pub(crate) fn channel(places: usize) -> (Handle, mpsc::Receiver<Parcel>) {
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
        let (delivery, receipt) = Delivery::new(notification_id, events);
        self.0.try_send(Parcel::Delivery(delivery)).map(|()| receipt).map_err(|_| Full)
    }

    /// Puts in what cannot be read; the receipt comes when it is durable.
    pub(crate) fn deliver_unreadable(
        &self,
        unreadable: Unreadable,
    ) -> Result<oneshot::Receiver<Receipt>, Full> {
        let (answer, receipt) = oneshot::channel();
        let letter = Letter { unreadable, answer };
        self.0.try_send(Parcel::Letter(letter)).map(|()| receipt).map_err(|_| Full)
    }
}

impl Delivery {
    /// A notification, and where its receipt comes.
    pub(crate) fn new(
        notification_id: Option<String>,
        events: Vec<Event>,
    ) -> (Self, oneshot::Receiver<Receipt>) {
        let (answer, receipt) = oneshot::channel();
        (Self { notification_id, events, answer }, receipt)
    }

    /// Tells the handler. It may have given up waiting: then nobody needs to know.
    pub(crate) fn acknowledge(self, receipt: Receipt) {
        let _ = self.answer.send(receipt);
    }
}

impl Letter {
    /// Parts what is to be kept from whom to tell.
    pub(crate) fn open(self) -> (Unreadable, oneshot::Sender<Receipt>) {
        (self.unreadable, self.answer)
    }
}
