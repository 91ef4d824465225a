//! What people write in English.

use super::Intent::{
    Availability, Broken, Collaboration, Complaint, Compliment, Order, Price, Refund, Shipping,
    WhereIsMyOrder,
};
use super::tables::{Product, Tables};

const fn product(bare: &'static str, the: &'static str, this: &'static str) -> Product {
    Product { bare, the, this }
}

pub(super) const TABLES: Tables = Tables {
    countries: &[("US", 50), ("GB", 25), ("CA", 10), ("AU", 10), ("IE", 5)],
    cities: &[
        "Dublin", "Austin", "Leeds", "Toronto", "Perth", "Glasgow", "Denver", "Cork",
    ],
    colours: &["black", "white", "green", "pink", "navy", "beige"],
    sizes: &["S", "M", "L", "XL", "size 8", "size 10"],
    wear: &[
        product("hoodie", "the hoodie", "this hoodie"),
        product("dress", "the dress", "this dress"),
        product("denim jacket", "the denim jacket", "this denim jacket"),
        product("tote bag", "the tote bag", "this tote bag"),
        product("swimsuit", "the swimsuit", "this swimsuit"),
    ],
    things: &[
        product("sunset lamp", "the sunset lamp", "this sunset lamp"),
        product(
            "mini projector",
            "the mini projector",
            "this mini projector",
        ),
        product("milk frother", "the milk frother", "this milk frother"),
        product(
            "hair straightener",
            "the hair straightener",
            "this hair straightener",
        ),
        product("massage gun", "the massage gun", "this massage gun"),
    ],
    greetings: &["hi", "hey", "hello", "hiya", "good evening", "hey guys"],
    emoji: &["😍", "🙏", "😭", "🔥", "❤️", "👀", "😅", "✨"],
    nudges: &[
        "hello??",
        "anyone there?",
        "???",
        "still waiting",
        "can someone answer please",
        "hey?",
    ],
    number_follows: &[
        "the number is {order}",
        "it's {order} btw",
        "#{order}",
        "order number {order}",
    ],
    templates: &[
        (
            Price,
            &[
                "How much is {the_item}?",
                "What's the price of {this_item}?",
                "Price please!",
                "How much for {the_wear} in {colour}?",
                "What does {the_item} cost right now?",
                "Is {the_item} still {price} dollars or has it gone up?",
                "Can you tell me the price, I can't see it in the video.",
                "Do you have a discount on {the_item} today?",
                "I'd love to know what {the_wear} in {size} goes for.",
                "Is there a cheaper price if I take two?",
            ],
        ),
        (
            Availability,
            &[
                "Is {the_item} still available?",
                "Do you have {the_wear} in {size}?",
                "Will {the_item} be back in stock?",
                "It says sold out, when are you restocking {the_item}?",
                "Does {the_wear} come in {colour}?",
                "Have you got any left in {size}?",
                "Is {this_item} out of stock everywhere or just online?",
                "Any {colour} ones left?",
                "Do you still have {this_item} from the video?",
            ],
        ),
        (
            Order,
            &[
                "I want to buy {the_item}, how do I do that?",
                "I'd like to order {the_wear} in {size}, {colour} please.",
                "Take my money! Where do I get {this_item}?",
                "Can I order two of {this_item} here in the chat?",
                "I'll take one. Can you send me the link?",
                "How can I buy {this_item}? The link in your bio doesn't open.",
                "Put me down for {the_item}, I'm paying today.",
                "I need {the_wear} in {size} before Friday, can I get one?",
                "I'm trying to check out {the_item} but the page won't load, can you place it for me?",
            ],
        ),
        (
            WhereIsMyOrder,
            &[
                "Where is my order? The number is {order}.",
                "My package still hasn't arrived, it's been {days} days.",
                "I ordered {the_item} {days} days ago and nothing has come.",
                "Any update on {order}?",
                "Tracking for {order} hasn't moved in {days} days.",
                "When will my {item} get here? I paid {days} days ago.",
                "The courier says delivered but I have nothing, order {order}.",
                "Can you check what happened to my parcel?",
                "Has {order} been sent yet?",
            ],
        ),
        (
            Refund,
            &[
                "I want a refund for {order}.",
                "Can I get my money back for {the_item}?",
                "How do I return {the_wear}? It doesn't fit.",
                "I was charged twice for {order}, please refund one.",
                "I'd like to send {the_item} back and get refunded.",
                "I cancelled {order} last week and the money isn't back on my card.",
                "It's not what I expected, can I return it?",
                "What's your return policy? I want to give {the_wear} back.",
                "Please cancel {order} and give me the money back.",
            ],
        ),
        (
            Broken,
            &[
                "{the_item} arrived broken.",
                "My {thing} stopped working after {days} days.",
                "The zip on {the_wear} came off the first time I wore it.",
                "{the_thing} won't turn on at all.",
                "I opened the box and {the_thing} is cracked.",
                "There's a hole in {the_wear} I just got.",
                "My {thing} is faulty, it gets really hot and smells burnt.",
                "{the_thing} came with a piece missing.",
                "The charger of my {thing} is dead already.",
            ],
        ),
        (
            Complaint,
            &[
                "This is the worst service I've ever had.",
                "I've written three times and nobody answers me.",
                "Your shop is a scam, I'm going to report it.",
                "Really disappointed, {the_wear} looks nothing like the video.",
                "You sent me the wrong colour and then ignored me. Not ok.",
                "The person I talked to yesterday was so rude.",
                "I'm so annoyed with you guys, {days} days without a reply.",
                "The quality is terrible for what you charge.",
                "I want to speak to a manager about {order}.",
            ],
        ),
        (
            Shipping,
            &[
                "Do you ship to {city}?",
                "How long does delivery to {city} take?",
                "How much is shipping to {city}?",
                "Is delivery free over a certain amount?",
                "Can you post {the_item} abroad?",
                "Do you do express delivery? I need it in {days} days.",
                "Do I have to pay customs if I live in {city}?",
                "Which courier do you use for {city}?",
                "Can I pick {the_item} up in {city} instead?",
            ],
        ),
        (
            Collaboration,
            &[
                "I'm a creator from {city} and would love to work with you.",
                "Who do I talk to about a collab?",
                "Do you send PR packages to small creators?",
                "I have {days}k followers, are you looking for ambassadors?",
                "We'd like to feature {the_item} in our next video, is there a budget?",
                "Do you do affiliate links?",
                "I make UGC for brands like yours, can I send my rates?",
                "Our agency represents several creators, who handles partnerships?",
                "Let's do a video together about {the_item}!",
            ],
        ),
        (
            Compliment,
            &[
                "I love {the_item} so much!",
                "Your videos make my day.",
                "Got {the_wear} yesterday and it's gorgeous, thank you!",
                "Best small shop on here, seriously.",
                "Just wanted to say {the_item} is amazing.",
                "My sister won't stop wearing {the_wear} I gave her.",
                "You guys are so talented!",
                "Obsessed with {this_item}.",
                "Thank you for the quick help last week, you're great!",
            ],
        ),
    ],
    hard: &[
        (
            Price,
            "Don't need it shipped, just tell me how much {the_item} is in your store.",
        ),
        (
            Price,
            "My last order was {price} dollars, what would {the_item} be now?",
        ),
        (
            Price,
            "Not complaining, but how much is {the_wear} without the bag?",
        ),
        (
            Availability,
            "I was heartbroken when {the_wear} sold out, will there be more?",
        ),
        (Availability, "Before I order anything: is {size} in stock?"),
        (
            Availability,
            "Is preorder over or can one still find {the_item} somewhere?",
        ),
        (
            Order,
            "I don't care about the price, I want {the_item}, how do I get it?",
        ),
        (Order, "My old {thing} is broken so I'd like to buy yours."),
        (
            Order,
            "Ship it wherever, I just want to buy {this_item} today.",
        ),
        (
            WhereIsMyOrder,
            "I don't want a refund, just tell me where my {item} is.",
        ),
        (
            WhereIsMyOrder,
            "Love your shop, but {order} should have been here {days} days ago.",
        ),
        (
            WhereIsMyOrder,
            "Is it stuck at the border? {order} hasn't moved.",
        ),
        (
            Refund,
            "It's not broken, it just doesn't suit me, so I want my money back.",
        ),
        (
            Refund,
            "How much do I get back for {order} if I return it without the box?",
        ),
        (
            Refund,
            "Shipping was fast but {the_wear} is too small, please take it back.",
        ),
        (
            Broken,
            "I got my order, but {the_thing} does nothing when I press the button.",
        ),
        (
            Broken,
            "The price was fine, the lid snapped on day one though.",
        ),
        (
            Broken,
            "Please don't refund me, send me a new {thing}: this one is dead.",
        ),
        (Complaint, "I will never order from you again."),
        (
            Complaint,
            "In order to get an answer here one has to be famous, apparently.",
        ),
        (
            Complaint,
            "So you have time to post videos about the price but not to reply to customers?",
        ),
        (
            Shipping,
            "If I order {the_item} today, does it reach {city} in {days} days?",
        ),
        (
            Shipping,
            "No refund needed, I just moved: can you still deliver to {city}?",
        ),
        (
            Shipping,
            "I'd buy it right now if I knew you ship to {city}.",
        ),
        (
            Collaboration,
            "I don't want to buy anything, I want to make a video about {the_item}.",
        ),
        (
            Collaboration,
            "What's your price for a sponsored post with us?",
        ),
        (
            Compliment,
            "{the_item} is priceless, best thing I ever ordered.",
        ),
        (
            Compliment,
            "No complaint at all, it arrived early and it's beautiful!",
        ),
        (
            Compliment,
            "You broke the internet with {this_item}, love it.",
        ),
    ],
};
