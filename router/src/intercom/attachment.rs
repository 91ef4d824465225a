//! What kind of thing came with a message.
//!
//! Intercom describes an attachment by `type`, `name`, `url` and `content_type` (schema
//! `part_attachment`) and knows no stickers and no posts. How a bridge writes what comes from
//! TikTok is documented nowhere, so this much is inference: that a sticker says so in its name or
//! type, and that a shared post is an address on TikTok's own site. Media types are Intercom's word;
//! where it gives none, the ending of the name is believed.

use engine::AttachmentKind;

use super::wire::Attachment;

/// The site whose addresses are posts; its subdomains, such as `vm.` of short links, too.
const SITE: &str = "tiktok.com";

/// The kinds of these attachments, each once, in the order of [`AttachmentKind`].
pub(super) fn kinds(attachments: &[Attachment<'_>]) -> Vec<AttachmentKind> {
    let mut kinds: Vec<AttachmentKind> = attachments.iter().map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What is told of least often counts first: a sticker is a picture as well, and the address of a
/// post may claim any media type.
fn kind(attachment: &Attachment<'_>) -> AttachmentKind {
    let media = match attachment.content_type.as_deref() {
        None | Some("application/octet-stream") => attachment.name.as_deref().and_then(by_ending),
        Some(content_type) => by_media_type(content_type),
    };
    if says_sticker(attachment) && matches!(media, None | Some(AttachmentKind::Image)) {
        return AttachmentKind::Sticker;
    }
    if attachment.url.as_deref().is_some_and(is_post) {
        return AttachmentKind::SharedPost;
    }
    media.unwrap_or(AttachmentKind::File)
}

/// The kind of a media type such as `image/png`, if it is of one.
fn by_media_type(content_type: &str) -> Option<AttachmentKind> {
    let (family, _) = content_type.trim_start().split_once('/')?;
    match family.to_ascii_lowercase().as_str() {
        "image" => Some(AttachmentKind::Image),
        "video" => Some(AttachmentKind::Video),
        "audio" => Some(AttachmentKind::Audio),
        _ => None,
    }
}

/// The kind of a file of this name, as far as phones make such files.
fn by_ending(name: &str) -> Option<AttachmentKind> {
    let (_, ending) = name.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "heic" => Some(AttachmentKind::Image),
        "mp4" | "mov" | "webm" => Some(AttachmentKind::Video),
        "mp3" | "m4a" | "aac" | "ogg" | "wav" => Some(AttachmentKind::Audio),
        _ => None,
    }
}

/// Whether `sticker` is the attachment's type, or a word of its name.
fn says_sticker(attachment: &Attachment<'_>) -> bool {
    let is_it =
        |word: &str| word.eq_ignore_ascii_case("sticker") || word.eq_ignore_ascii_case("stickers");
    let mut words =
        attachment.name.as_deref().unwrap_or_default().split(|c: char| !c.is_alphabetic());
    attachment.kind.as_deref().is_some_and(is_it) || words.any(is_it)
}

fn is_post(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url.trim()) else { return false };
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return false;
    };
    host == SITE || host.strip_suffix(SITE).is_some_and(|subdomain| subdomain.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use engine::AttachmentKind::{Audio, File, Image, SharedPost, Sticker, Video};

    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &[AttachmentKind]) {
        let list: super::super::lenient::Several<Attachment<'_>> =
            serde_json::from_str(json).unwrap();
        assert_eq!(kinds(&list.0), expected, "{json}");
    }

    #[track_caller]
    fn url(url: &str, expected: AttachmentKind) {
        check(&format!(r#"[{{"url":"{url}"}}]"#), &[expected]);
    }

    #[test]
    fn media_types() {
        check(r#"[{"content_type":"image/jpeg"}]"#, &[Image]);
        check(r#"[{"content_type":"Image/PNG; q=1"}]"#, &[Image]);
        check(r#"[{"content_type":"video/mp4"}]"#, &[Video]);
        check(r#"[{"content_type":"audio/mpeg"}]"#, &[Audio]);
        check(r#"[{"content_type":"application/pdf"}]"#, &[File]);
        check(r#"[{"content_type":"imagery"}]"#, &[File]);
        check(r#"[{"content_type":"application/pdf","name":"a.png"}]"#, &[File]);
        check(r#"[{"type":"upload","name":"a.png","content_type":null}]"#, &[Image]);
        check(r#"[{"name":"A.MOV","content_type":"application/octet-stream"}]"#, &[Video]);
        check(r#"[{"name":"voice.2.m4a"}]"#, &[Audio]);
        check(r#"[{"name":"png"}]"#, &[File]);
        check(r#"[{"name":"list.pdf"}]"#, &[File]);
    }

    #[test]
    fn stickers() {
        check(r#"[{"type":"sticker"}]"#, &[Sticker]);
        check(r#"[{"type":"Sticker","content_type":"image/webp"}]"#, &[Sticker]);
        check(r#"[{"name":"sticker_42.webp","content_type":"image/webp"}]"#, &[Sticker]);
        check(r#"[{"name":"My Stickers.gif"}]"#, &[Sticker]);
        check(r#"[{"name":"stickerei.jpg","content_type":"image/jpeg"}]"#, &[Image]);
        check(r#"[{"name":"sticker.mp4","content_type":"video/mp4"}]"#, &[Video]);
    }

    #[test]
    fn shared_posts() {
        url("https://www.tiktok.com/@shop/video/7300000000000000000", SharedPost);
        url("https://vm.tiktok.com/ZMabcdef/", SharedPost);
        url("http://tiktok.com", SharedPost);
        url("HTTPS://WWW.TikTok.COM:443/@shop", SharedPost);
        check(r#"[{"url":"https://vt.tiktok.com/x","content_type":"text/html"}]"#, &[SharedPost]);
        check(r#"[{"url":"https://vt.tiktok.com/x","content_type":"video/mp4"}]"#, &[SharedPost]);

        url("https://p16-sign.tiktokcdn.com/a.jpeg", File);
        url("https://nottiktok.com/", File);
        url("https://tiktok.com.example/", File);
        url("https://cdn.example/?from=https://www.tiktok.com/", File);
        url("https://www.tiktok.com@cdn.example/", File);
        url("mailto:shop@tiktok.com", File);
        url("ftp://www.tiktok.com/", File);
        url("www.tiktok.com/@shop", File);
        url("//", File);
    }

    #[test]
    fn each_kind_once_and_in_order() {
        check("[]", &[]);
        check("null", &[]);
        check(r#"[7, null, "https://www.tiktok.com/"]"#, &[]);
        check(
            r#"[{"url":"https://vm.tiktok.com/x"},{},{"content_type":"image/png"},
                {"content_type":"audio/ogg"},{"content_type":"image/jpeg"},{"type":"sticker"}]"#,
            &[Image, Audio, Sticker, SharedPost, File],
        );
        check(r#"[{"type":{},"name":[1],"url":9,"content_type":false}]"#, &[File]);
    }
}
