use super::*;

fn mixed() -> Mrkdwn {
    let link = Link::new("Open", "https://example.com/?a=1&b=2").unwrap();
    Mrkdwn::new()
        .text("a & b ")
        .bold("c<d")
        .text(" ")
        .code("e`f\ng")
        .link(link)
        .fence("x > y\n```z")
}

#[test]
fn everything_is_escaped_and_nothing_closes_a_fence_early() {
    let expected =
        "a &amp; b *c&lt;d* `e'f g`<https://example.com/?a=1&amp;b=2|Open>```\nx &gt; y\n'''z\n```";
    assert_eq!(mixed().write(3_000), expected);
    assert_eq!(mixed().width(), expected.chars().count());
}

#[test]
fn a_cut_never_falls_inside_an_entity_a_link_or_a_fence() {
    for limit in 0..=mixed().width() {
        let out = mixed().write(limit);
        assert!(out.chars().count() <= limit, "{limit}: {out}");
        assert_eq!(out.matches("```").count() % 2, 0, "{limit}: {out}");
        assert_eq!(
            out.matches('<').count(),
            out.matches('>').count(),
            "{limit}: {out}"
        );
        for rest in out.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;"]
                    .iter()
                    .any(|entity| rest.starts_with(entity)),
                "{limit}: {out}"
            );
        }
        assert_eq!(
            out.ends_with(ELLIPSIS),
            limit > 0 && limit < mixed().width(),
            "{limit}: {out}"
        );
    }
}

#[test]
fn a_cut_falls_between_characters() {
    assert_eq!(Mrkdwn::new().text("日本語日本語").write(4), "日本語…");
    assert_eq!(Mrkdwn::new().text("ab&c").write(7), "ab…");
    assert_eq!(Mrkdwn::new().text("ab&cd").write(8), "ab&amp;…");
}

#[test]
fn nobody_is_mentioned_by_what_is_written() {
    for (text, expected) in [
        ("<!channel> now", "&lt;!channel&gt; now"),
        ("<@U024BE7LH>", "&lt;@U024BE7LH&gt;"),
        (
            "@channel @Here @everyone",
            "@\u{2060}channel @\u{2060}Here @\u{2060}everyone",
        ),
        ("ada@example.com @", "ada@example.com @"),
        ("@hérë", "@hérë"),
    ] {
        assert_eq!(Mrkdwn::new().text(text).write(100), expected);
    }
}

#[test]
fn control_characters_are_spaces() {
    assert_eq!(
        Mrkdwn::new().text("a\0b\rc\u{1b}d\ne\tf\u{85}").write(100),
        "a b c d\ne\tf "
    );
}

#[test]
fn pieces_hold_the_whole_and_each_is_inside_the_limit() {
    let text = "word & ".repeat(2_000);
    let pieces = Mrkdwn::new().text(text.as_str()).split(3_000, 100);
    assert!(pieces.iter().all(|piece| !piece.exceeds(3_000)));
    assert_eq!(pieces.iter().map(Mrkdwn::words).collect::<String>(), text);
    let fenced = Mrkdwn::new().fence("x".repeat(7_000)).split(3_000, 100);
    assert_eq!(fenced.len(), 3);
    assert!(
        fenced
            .iter()
            .all(|piece| piece.write(3_000).matches("```").count() == 2)
    );
    assert_eq!(
        Mrkdwn::new().text("x".repeat(9_000)).split(3_000, 2).len(),
        2
    );
}

#[test]
fn only_a_plain_web_address_is_a_link() {
    for url in [
        "javascript:alert(1)",
        "https://a b",
        "https://a|b",
        "https://a>b",
        "https://ü",
        "ftp://a",
        "",
        &format!("https://a/{}", "x".repeat(1_000)),
    ] {
        assert_eq!(Link::new("label", url), None, "{url}");
    }
    for (url, expected) in [
        ("http://e.com/&@Here", "<http://e.com/&amp;%40Here|l>"),
        (
            "http://e.com/@channels?to=@dana",
            "<http://e.com/%40channels?to=@dana|l>",
        ),
    ] {
        let link = Link::new("l", url).unwrap();
        assert_eq!(
            Mrkdwn::new().link(link).write(50),
            expected,
            "nobody is called"
        );
    }
    let link = Link::new("a|b>c<d", "https://a").unwrap();
    assert_eq!(Mrkdwn::new().link(link).write(50), "<https://a|abcd>");
}

#[test]
fn fences_that_are_closed_stay_and_others_are_disarmed() {
    for (text, expected) in [
        ("a\n```\nb\n```\nc", "a\n```\nb\n```\nc"),
        ("```b```", "```\nb\n```"),
        ("a ``` b", "a ''` b"),
        ("``````", "```\n\n```"),
        ("`a`", "`a`"),
    ] {
        assert_eq!(Mrkdwn::new().authored(text).write(100), expected, "{text}");
    }
}

#[test]
fn a_character_that_is_not_seen_is_written_as_its_number() {
    for (character, shown) in [
        ('\u{202e}', "a[U+202E]b"),
        ('\u{2066}', "a[U+2066]b"),
        ('\u{200b}', "a[U+200B]b"),
        ('\u{feff}', "a[U+FEFF]b"),
        ('\u{ad}', "a[U+00AD]b"),
        ('\u{34f}', "a[U+034F]b"),
        ('\u{1160}', "a[U+1160]b"),
        ('\u{3164}', "a[U+3164]b"),
        ('\u{ffa0}', "a[U+FFA0]b"),
        ('\u{e0041}', "a[U+E0041]b"),
        ('é', "aéb"),
        ('한', "a한b"),
        ('🔥', "a🔥b"),
    ] {
        let written = Mrkdwn::new().text(format!("a{character}b")).write(100);
        assert_eq!(written, shown);
    }
    let emoji = Mrkdwn::new().text("⚠\u{fe0f} disk").write(100);
    assert_eq!(emoji, "⚠\u{fe0f} disk");
}
