//! Reads server-sent events (WHATWG HTML, 9.2.6), as far as the router sends them.

use anyhow::bail;

/// The longest event: an explanation is as long as the rules.
const BYTES_MAX: usize = 16 << 20;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: String,
}

/// Bytes that come in pieces.
#[derive(Debug, Default)]
pub(super) struct Events {
    rest: Vec<u8>,
    event: Event,
}

impl Events {
    /// The events that are complete with this piece.
    pub(super) fn read(&mut self, piece: &[u8]) -> anyhow::Result<Vec<Event>> {
        self.rest.extend_from_slice(piece);
        let mut complete = Vec::new();
        while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            complete.extend(self.line(String::from_utf8_lossy(&line).trim_end()));
        }
        if self.rest.len() + self.event.data.len() > BYTES_MAX {
            bail!("the router sends an event that is too long: is it a router?");
        }
        Ok(complete)
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return Some(event).filter(|event| !event.data.is_empty());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" if self.event.data.is_empty() => value.clone_into(&mut self.event.data),
            "data" => self.event.data += &format!("\n{value}"),
            _ => {} // a comment keeps the connection alive
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_pieces() {
        let text = ": hello\n\nevent: decision\nid: 7\ndata: {\"a\":\"ü\"}\n\nevent:missed\ndata:3\r\n\r\n\
                    data: 1\ndata: 2\n\nevent: unfinished\ndata: x\n";
        let event = |name: &str, data: &str| Event { name: name.into(), data: data.into() };
        let expected =
            [event("decision", "{\"a\":\"ü\"}"), event("missed", "3"), event("", "1\n2")];
        for size in [1, 2, 7, text.len()] {
            let mut events = Events::default();
            let read = text.as_bytes().chunks(size).flat_map(|it| events.read(it).unwrap());
            assert_eq!(read.collect::<Vec<_>>(), expected, "pieces of {size}");
        }
    }

    #[test]
    fn what_never_ends_is_refused() {
        let mut events = Events::default();
        let piece = vec![b'x'; 1 << 20];
        let failed = (0..20).any(|_| events.read(&piece).is_err());
        assert!(failed);
    }
}
