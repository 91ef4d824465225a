//! What people write in Spanish.

use super::Intent::{
    Availability, Broken, Collaboration, Complaint, Compliment, Order, Price, Refund, Shipping,
    WhereIsMyOrder,
};
use super::tables::{Product, Tables};

const fn product(bare: &'static str, the: &'static str, this: &'static str) -> Product {
    Product { bare, the, this }
}

pub(super) const TABLES: Tables = Tables {
    countries: &[("ES", 40), ("MX", 30), ("AR", 12), ("CO", 12), ("CL", 6)],
    cities: &[
        "Sevilla",
        "Valencia",
        "Monterrey",
        "Bogotá",
        "Rosario",
        "Bilbao",
        "Puebla",
        "Medellín",
    ],
    colours: &["negro", "blanco", "verde", "rosa", "azul marino", "beige"],
    sizes: &["S", "M", "L", "XL", "la 38", "la 40"],
    wear: &[
        product("sudadera", "la sudadera", "esta sudadera"),
        product("vestido", "el vestido", "este vestido"),
        product(
            "chaqueta vaquera",
            "la chaqueta vaquera",
            "esta chaqueta vaquera",
        ),
        product("bolso", "el bolso", "este bolso"),
        product("bañador", "el bañador", "este bañador"),
    ],
    things: &[
        product(
            "lámpara de atardecer",
            "la lámpara de atardecer",
            "esta lámpara de atardecer",
        ),
        product("mini proyector", "el mini proyector", "este mini proyector"),
        product(
            "batidor de leche",
            "el batidor de leche",
            "este batidor de leche",
        ),
        product(
            "plancha de pelo",
            "la plancha de pelo",
            "esta plancha de pelo",
        ),
        product(
            "pistola de masaje",
            "la pistola de masaje",
            "esta pistola de masaje",
        ),
    ],
    greetings: &[
        "hola",
        "buenas",
        "buenas tardes",
        "hola chicos",
        "holaa",
        "buen día",
    ],
    emoji: &["😍", "🙏", "😭", "🔥", "❤️", "👀", "😅", "✨"],
    nudges: &[
        "hola??",
        "hay alguien?",
        "???",
        "sigo esperando",
        "me pueden responder por favor",
        "holaaa",
    ],
    number_follows: &[
        "el número es {order}",
        "es {order} por cierto",
        "#{order}",
        "pedido {order}",
    ],
    templates: &[
        (
            Price,
            &[
                "¿Cuánto cuesta {the_item}?",
                "¿Qué precio tiene {this_item}?",
                "¡Precio por favor!",
                "¿A cuánto está {the_wear} en {colour}?",
                "¿Cuánto vale {the_item} con descuento?",
                "¿{the_item} sigue a {price} o ya subió?",
                "No veo el precio en el video, ¿me lo dicen?",
                "¿Hay alguna oferta hoy para {the_item}?",
                "¿Me sale más barato si llevo dos?",
            ],
        ),
        (
            Availability,
            &[
                "¿Todavía tienen {the_item}?",
                "¿Les queda {the_wear} en talla {size}?",
                "¿Cuándo vuelven a tener {the_item}?",
                "Pone agotado, ¿van a reponer {the_item}?",
                "¿{the_wear} viene también en {colour}?",
                "¿Queda algo en {colour}?",
                "¿Hay stock de {this_item} o solo por encargo?",
                "¿Siguen teniendo {this_item} que sale en el video?",
                "¿Está disponible {the_wear} en {size}?",
            ],
        ),
        (
            Order,
            &[
                "Quiero comprar {the_item}, ¿cómo hago?",
                "Me gustaría pedir {the_wear} en {colour}, talla {size}.",
                "¡Lo quiero ya! ¿Dónde consigo {this_item}?",
                "¿Puedo encargar dos por aquí?",
                "Me llevo uno, ¿me pasan el enlace?",
                "¿Cómo compro {this_item}? El link del perfil no abre.",
                "Apártenme {the_item}, pago hoy mismo.",
                "Necesito {the_wear} para el viernes, ¿puedo hacer el pedido?",
                "Quiero pagar {the_item} y la página no carga, ¿me ayudan con la compra?",
            ],
        ),
        (
            WhereIsMyOrder,
            &[
                "¿Dónde está mi pedido? Es el {order}.",
                "Mi paquete no ha llegado y ya van {days} días.",
                "Pedí {the_item} hace {days} días y no me llega nada.",
                "¿Alguna novedad de {order}?",
                "El seguimiento de {order} no se mueve desde hace {days} días.",
                "¿Cuándo me llega? Pagué hace {days} días.",
                "Sale como entregado pero no tengo nada, pedido {order}.",
                "¿Pueden mirar qué pasó con mi paquete?",
                "¿Ya enviaron {order}?",
            ],
        ),
        (
            Refund,
            &[
                "Quiero el reembolso de {order}.",
                "¿Me pueden devolver el dinero?",
                "¿Cómo devuelvo {the_wear}? No me queda bien.",
                "Me cobraron dos veces {order}, devuélvanme uno por favor.",
                "Quiero hacer una devolución.",
                "Cancelé {order} la semana pasada y no me han devuelto el dinero.",
                "No es lo que esperaba, ¿lo puedo devolver?",
                "¿Cuánto tiempo tengo para devolver {the_item}?",
                "Cancelen {order} y devuélvanme la plata, por favor.",
            ],
        ),
        (
            Broken,
            &[
                "{the_item} me llegó con un golpe enorme.",
                "{the_thing} dejó de funcionar a los {days} días.",
                "La cremallera se salió la primera vez que usé {the_wear}.",
                "{the_thing} no enciende.",
                "Abrí la caja y venía todo roto.",
                "{the_wear} que me mandaron tiene un agujero.",
                "{the_thing} se calienta mucho y huele a quemado.",
                "A {the_thing} le falta una pieza.",
                "El cargador no sirve, ya no carga nada.",
            ],
        ),
        (
            Complaint,
            &[
                "Es el peor servicio que he tenido.",
                "Les escribí tres veces y nadie me contesta.",
                "Son unos estafadores, los voy a denunciar.",
                "Qué decepción, {the_wear} no se parece en nada al video.",
                "Me mandaron otro color y encima me ignoran.",
                "La persona que me atendió ayer fue muy maleducada.",
                "Llevo {days} días sin respuesta, es una vergüenza.",
                "La calidad es pésima para lo que cobran.",
                "Quiero hablar con un encargado sobre {order}.",
            ],
        ),
        (
            Shipping,
            &[
                "¿Hacen envíos a {city}?",
                "¿Cuánto tarda en llegar a {city}?",
                "¿Cuánto sale el envío a {city}?",
                "¿El envío es gratis a partir de cierto monto?",
                "¿Mandan {the_item} al extranjero?",
                "¿Tienen envío urgente? Lo necesito en {days} días.",
                "¿Hay que pagar aduana si vivo en {city}?",
                "¿Con qué empresa envían a {city}?",
                "¿Puedo recogerlo en {city}?",
            ],
        ),
        (
            Collaboration,
            &[
                "Soy creadora de contenido en {city} y me encantaría trabajar con ustedes.",
                "¿Con quién hablo para una colaboración?",
                "¿Mandan productos a creadores pequeños?",
                "Tengo {days} mil seguidores, ¿buscan embajadores?",
                "Queremos mostrar {the_item} en nuestro próximo video, ¿tienen presupuesto?",
                "¿Manejan enlaces de afiliado?",
                "Hago UGC para marcas como la suya, ¿les paso mis tarifas?",
                "Somos una agencia de influencers, ¿quién lleva las alianzas?",
                "¡Hagamos un video juntos sobre {the_item}!",
            ],
        ),
        (
            Compliment,
            &[
                "¡Me encanta {the_item}!",
                "Sus videos me alegran el día.",
                "Ayer me llegó {the_wear} y es una belleza, ¡gracias!",
                "La mejor tienda de por aquí, en serio.",
                "Solo quería decirles que {the_item} es una maravilla.",
                "Mi hermana no se quita {the_wear} que le regalé.",
                "¡Qué talento tienen!",
                "No puedo vivir sin {this_item}.",
                "Gracias por la ayuda de la otra vez, ¡son geniales!",
            ],
        ),
    ],
    hard: &[
        (
            Price,
            "No quiero comprar todavía, solo saber cuánto cuesta {the_item}.",
        ),
        (
            Price,
            "En mi último pedido pagué {price}, ¿a cuánto está ahora {the_item}?",
        ),
        (Availability, "Antes de hacer el pedido: ¿hay talla {size}?"),
        (
            Availability,
            "Se me rompió el corazón al ver agotado {the_wear}, ¿habrá más?",
        ),
        (
            Order,
            "No me importa el precio, quiero {the_item}, ¿cómo lo consigo?",
        ),
        (
            Order,
            "Se me rompió la mía, así que quiero comprar {the_thing}.",
        ),
        (
            WhereIsMyOrder,
            "No quiero reembolso, solo díganme dónde está mi {item}.",
        ),
        (
            WhereIsMyOrder,
            "Me encanta su tienda, pero {order} debía llegar hace {days} días.",
        ),
        (
            Refund,
            "No está roto, es que no me gusta, y quiero mi dinero.",
        ),
        (
            Refund,
            "El envío fue rápido pero {the_wear} me queda chico, lo devuelvo.",
        ),
        (
            Broken,
            "Ya tengo mi pedido, pero {the_thing} no hace nada al apretar el botón.",
        ),
        (
            Broken,
            "No me devuelvan el dinero, mándenme otro: este no funciona.",
        ),
        (Complaint, "No vuelvo a comprar con ustedes en la vida."),
        (
            Complaint,
            "Para publicar precios tienen tiempo, para contestar a los clientes no.",
        ),
        (
            Shipping,
            "Si compro {the_item} hoy, ¿llega a {city} en {days} días?",
        ),
        (
            Shipping,
            "Lo compraría ya mismo si supiera que envían a {city}.",
        ),
        (
            Collaboration,
            "No quiero comprar nada, quiero hacer un video con {the_item}.",
        ),
        (
            Collaboration,
            "¿Qué precio tiene una publicación patrocinada con ustedes?",
        ),
        (
            Compliment,
            "Ninguna queja, llegó antes de tiempo y no tiene precio, ¡gracias!",
        ),
        (
            Compliment,
            "El mejor pedido que he hecho en mi vida, me encanta.",
        ),
    ],
};
