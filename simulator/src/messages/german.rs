//! What people write in German. Products are feminine or neuter, whose nominative and accusative
//! are the same.

use super::Intent::{
    Availability, Broken, Collaboration, Complaint, Compliment, Order, Price, Refund, Shipping,
    WhereIsMyOrder,
};
use super::tables::{Product, Tables};

const fn product(bare: &'static str, the: &'static str, this: &'static str) -> Product {
    Product { bare, the, this }
}

pub(super) const TABLES: Tables = Tables {
    countries: &[("DE", 70), ("AT", 18), ("CH", 12)],
    cities: &[
        "Leipzig", "Graz", "Köln", "Basel", "Bremen", "Linz", "Dresden", "Zürich",
    ],
    colours: &["Schwarz", "Weiß", "Grün", "Rosa", "Dunkelblau", "Beige"],
    sizes: &["S", "M", "L", "XL", "38", "40"],
    wear: &[
        product("Kapuzenjacke", "die Kapuzenjacke", "diese Kapuzenjacke"),
        product("Kleid", "das Kleid", "dieses Kleid"),
        product("Jeansjacke", "die Jeansjacke", "diese Jeansjacke"),
        product("Tasche", "die Tasche", "diese Tasche"),
        product("Sweatshirt", "das Sweatshirt", "dieses Sweatshirt"),
    ],
    things: &[
        product("Sonnenlampe", "die Sonnenlampe", "diese Sonnenlampe"),
        product("Heimkino-Set", "das Heimkino-Set", "dieses Heimkino-Set"),
        product("Kaffeemühle", "die Kaffeemühle", "diese Kaffeemühle"),
        product("Glätteisen", "das Glätteisen", "dieses Glätteisen"),
        product(
            "Massagepistole",
            "die Massagepistole",
            "diese Massagepistole",
        ),
    ],
    greetings: &[
        "hi",
        "hallo",
        "guten abend",
        "moin",
        "hallo zusammen",
        "servus",
    ],
    emoji: &["😍", "🙏", "😭", "🔥", "❤️", "👀", "😅", "✨"],
    nudges: &[
        "hallo??",
        "ist da jemand?",
        "???",
        "ich warte immer noch",
        "kann bitte jemand antworten",
        "huhu",
    ],
    number_follows: &[
        "die Nummer ist {order}",
        "ist übrigens {order}",
        "#{order}",
        "Bestellung {order}",
    ],
    templates: &[
        (
            Price,
            &[
                "Was kostet {the_item}?",
                "Wie teuer ist {this_item}?",
                "Preis bitte!",
                "Wie viel kostet {the_wear} in {colour}?",
                "Was nehmt ihr gerade für {the_item}?",
                "Kostet {the_item} noch {price} Euro oder ist es teurer geworden?",
                "Im Video steht kein Preis, könnt ihr mir den sagen?",
                "Gibt es heute Rabatt auf {the_item}?",
                "Wird es billiger, wenn ich zwei nehme?",
            ],
        ),
        (
            Availability,
            &[
                "Gibt es {the_item} noch?",
                "Habt ihr {the_wear} in Größe {size}?",
                "Wann ist {the_item} wieder da?",
                "Da steht ausverkauft, kommt {the_item} wieder rein?",
                "Gibt es {the_wear} auch in {colour}?",
                "Habt ihr noch was in {colour}?",
                "Ist {this_item} auf Lager?",
                "Habt ihr {this_item} aus dem Video noch da?",
                "Ist {size} noch verfügbar?",
            ],
        ),
        (
            Order,
            &[
                "Ich möchte {the_item} kaufen, wie geht das?",
                "Ich würde gern {the_wear} in {colour} bestellen, Größe {size}.",
                "Will ich haben! Wo bekomme ich {this_item}?",
                "Kann ich hier direkt zwei bestellen?",
                "Ich nehme eins, schickt ihr mir den Link?",
                "Wie kann ich {this_item} kaufen? Der Link im Profil geht nicht.",
                "Legt mir {the_item} zurück, ich zahle heute.",
                "Ich brauche {the_wear} bis Freitag, kann ich noch bestellen?",
                "Ich will {the_item} bezahlen, aber die Seite lädt nicht, könnt ihr das für mich buchen?",
            ],
        ),
        (
            WhereIsMyOrder,
            &[
                "Wo ist meine Bestellung? Nummer {order}.",
                "Mein Paket ist nach {days} Tagen immer noch nicht da.",
                "Ich habe {the_item} vor {days} Tagen bestellt und nichts bekommen.",
                "Gibt es was Neues zu {order}?",
                "Die Sendungsverfolgung von {order} steht seit {days} Tagen still.",
                "Wann kommt das an? Bezahlt habe ich vor {days} Tagen.",
                "Angeblich zugestellt, aber hier ist nichts, Bestellung {order}.",
                "Könnt ihr nachsehen, was mit meinem Paket ist?",
                "Habt ihr {order} schon verschickt?",
            ],
        ),
        (
            Refund,
            &[
                "Ich möchte mein Geld für {order} zurück.",
                "Kann ich {the_item} zurückgeben?",
                "Wie schicke ich {the_wear} zurück? Passt mir nicht.",
                "{order} wurde zweimal abgebucht, bitte einmal erstatten.",
                "Ich will eine Rückerstattung.",
                "Ich habe {order} letzte Woche storniert und das Geld ist noch nicht da.",
                "Habe es mir anders vorgestellt, geht eine Rückgabe?",
                "Wie lange kann ich {the_item} zurückschicken?",
                "Bitte {order} stornieren und das Geld zurück.",
            ],
        ),
        (
            Broken,
            &[
                "{the_item} kam kaputt an.",
                "{the_thing} geht nach {days} Tagen nicht mehr.",
                "Beim ersten Tragen ist der Reißverschluss abgegangen.",
                "{the_thing} lässt sich nicht einschalten.",
                "Karton aufgemacht und alles zerbrochen.",
                "{the_wear} hat ein Loch, frisch ausgepackt.",
                "{the_thing} wird total heiß und riecht verbrannt.",
                "Bei mir fehlt ein Teil, so kann ich {the_thing} nicht benutzen.",
                "Das Ladekabel ist schon defekt.",
            ],
        ),
        (
            Complaint,
            &[
                "Das ist der schlechteste Service, den ich je hatte.",
                "Ich habe dreimal geschrieben und niemand antwortet.",
                "Ihr seid Betrüger, ich melde euch.",
                "Echt enttäuscht, {the_wear} sieht ganz anders aus als im Video.",
                "Falsche Farbe geschickt und dann ignoriert ihr mich.",
                "Die Person gestern im Chat war so unfreundlich.",
                "Seit {days} Tagen keine Antwort, eine Frechheit.",
                "Die Qualität ist unterirdisch für das Geld.",
                "Ich will mit der Leitung sprechen, es geht um {order}.",
            ],
        ),
        (
            Shipping,
            &[
                "Liefert ihr nach {city}?",
                "Wie lange dauert der Versand nach {city}?",
                "Was kostet der Versand nach {city}?",
                "Ab welchem Betrag ist die Lieferung frei?",
                "Schickt ihr {the_item} auch ins Ausland?",
                "Geht das auch per Express? Ich brauche es in {days} Tagen.",
                "Fällt Zoll an, wenn ich in {city} wohne?",
                "Mit wem verschickt ihr nach {city}?",
                "Kann ich es in {city} abholen?",
            ],
        ),
        (
            Collaboration,
            &[
                "Ich mache Videos in {city} und würde gern mit euch arbeiten.",
                "Mit wem kann ich über eine Kooperation reden?",
                "Verschickt ihr PR-Pakete an kleine Creator?",
                "Ich habe {days}k Follower, sucht ihr Markenbotschafter?",
                "Wir wollen {the_item} im nächsten Video zeigen, habt ihr ein Budget?",
                "Habt ihr ein Partnerprogramm?",
                "Ich mache UGC für Marken wie euch, darf ich meine Preisliste schicken?",
                "Wir sind eine Agentur, wer betreut bei euch Influencer?",
                "Lasst uns zusammen was über {the_item} drehen!",
            ],
        ),
        (
            Compliment,
            &[
                "Ich liebe {the_item}!",
                "Eure Videos retten mir den Tag.",
                "{the_wear} kam gestern und ist wunderschön, danke!",
                "Der beste kleine Laden hier, ehrlich.",
                "Wollte nur sagen: {the_item} ist der Hammer.",
                "Meine Schwester zieht nichts anderes mehr an, danke euch!",
                "Ihr seid so talentiert!",
                "Nie wieder ohne {this_item}.",
                "Danke für die schnelle Hilfe neulich, ihr seid toll!",
            ],
        ),
    ],
    hard: &[
        (
            Price,
            "Ich will noch nichts kaufen, nur wissen, was {the_item} kostet.",
        ),
        (
            Price,
            "Meine letzte Bestellung war {price} Euro, was nehmt ihr jetzt für {the_item}?",
        ),
        (Availability, "Bevor ich bestelle: ist Größe {size} da?"),
        (
            Availability,
            "Lässt sich {the_item} vorbestellen oder ist es ganz weg?",
        ),
        (
            Order,
            "Der Preis ist mir egal, ich will {the_item}, wie komme ich dran?",
        ),
        (
            Order,
            "Meins ist kaputt, deshalb möchte ich {the_thing} von euch kaufen.",
        ),
        (
            WhereIsMyOrder,
            "Ich will kein Geld zurück, sagt mir nur, wo mein Paket ist.",
        ),
        (
            WhereIsMyOrder,
            "Liebe euren Laden, aber {order} sollte vor {days} Tagen hier sein.",
        ),
        (
            Refund,
            "Es ist nicht kaputt, gefällt mir nur nicht, ich möchte mein Geld zurück.",
        ),
        (
            Refund,
            "Versand war schnell, aber {the_wear} ist zu klein, ich schicke es zurück.",
        ),
        (
            Broken,
            "Die Bestellung ist da, aber {the_thing} macht gar nichts.",
        ),
        (
            Broken,
            "Bitte keine Rückerstattung, schickt mir Ersatz: das Ding ist tot.",
        ),
        (Complaint, "Bei euch bestelle ich nie wieder."),
        (
            Complaint,
            "Für Preise posten habt ihr Zeit, für Kunden nicht.",
        ),
        (
            Shipping,
            "Wenn ich {the_item} heute bestelle, ist es in {days} Tagen in {city}?",
        ),
        (
            Shipping,
            "Ich würde sofort kaufen, wenn ihr nach {city} liefert. Tut ihr das?",
        ),
        (
            Collaboration,
            "Ich will nichts kaufen, ich will ein Video über {the_item} machen.",
        ),
        (
            Collaboration,
            "Was ist euer Preis für einen gesponserten Beitrag?",
        ),
        (
            Compliment,
            "Keine Beschwerde, kam sogar früher an und ist unbezahlbar schön!",
        ),
        (Compliment, "Beste Bestellung meines Lebens, danke!"),
    ],
};
