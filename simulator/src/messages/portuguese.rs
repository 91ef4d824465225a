//! What people write in Portuguese.

use super::Intent::{
    Availability, Broken, Collaboration, Complaint, Compliment, Order, Price, Refund, Shipping,
    WhereIsMyOrder,
};
use super::tables::{Product, Tables};

const fn product(bare: &'static str, the: &'static str, this: &'static str) -> Product {
    Product { bare, the, this }
}

pub(super) const TABLES: Tables = Tables {
    countries: &[("BR", 80), ("PT", 20)],
    cities: &[
        "Recife", "Curitiba", "Lisboa", "Porto", "Salvador", "Manaus", "Braga", "Campinas",
    ],
    colours: &["preto", "branco", "verde", "rosa", "azul-marinho", "bege"],
    sizes: &["P", "M", "G", "GG", "38", "40"],
    wear: &[
        product("moletom", "o moletom", "esse moletom"),
        product("vestido", "o vestido", "esse vestido"),
        product("jaqueta jeans", "a jaqueta jeans", "essa jaqueta jeans"),
        product("bolsa", "a bolsa", "essa bolsa"),
        product("maiô", "o maiô", "esse maiô"),
    ],
    things: &[
        product(
            "luminária pôr do sol",
            "a luminária pôr do sol",
            "essa luminária pôr do sol",
        ),
        product("mini projetor", "o mini projetor", "esse mini projetor"),
        product(
            "misturador de leite",
            "o misturador de leite",
            "esse misturador de leite",
        ),
        product("chapinha", "a chapinha", "essa chapinha"),
        product(
            "pistola de massagem",
            "a pistola de massagem",
            "essa pistola de massagem",
        ),
    ],
    greetings: &["oi", "olá", "boa noite", "oii", "oi gente", "boa tarde"],
    emoji: &["😍", "🙏", "😭", "🔥", "❤️", "👀", "😅", "✨"],
    nudges: &[
        "oi??",
        "tem alguém aí?",
        "???",
        "tô esperando ainda",
        "alguém pode responder por favor",
        "oiii",
    ],
    number_follows: &[
        "o número é {order}",
        "é o {order}",
        "#{order}",
        "pedido {order}",
    ],
    templates: &[
        (
            Price,
            &[
                "Quanto custa {the_item}?",
                "Qual o preço? Quero saber quanto é {this_item}.",
                "Preço por favor!",
                "Quanto tá {the_wear} em {colour}?",
                "Qual o valor com desconto?",
                "{the_item} ainda tá {price} reais ou já subiu?",
                "Não aparece o preço no vídeo, podem me falar?",
                "Tem promoção hoje para {the_item}?",
                "Levando dois fica mais barato?",
            ],
        ),
        (
            Availability,
            &[
                "Ainda tem {the_item}?",
                "Vocês têm {the_wear} no tamanho {size}?",
                "Quando {the_item} volta pro estoque?",
                "Diz esgotado, vão repor {the_item}?",
                "{the_wear} vem também em {colour}?",
                "Sobrou algum em {colour}?",
                "Tem estoque ou só por encomenda?",
                "Vocês ainda têm {this_item} que aparece no vídeo?",
                "Tem o {size} disponível?",
            ],
        ),
        (
            Order,
            &[
                "Quero comprar {the_item}, como faço?",
                "Queria pedir {the_wear} em {colour}, tamanho {size}.",
                "Eu quero! Onde consigo {this_item}?",
                "Posso encomendar dois por aqui?",
                "Vou querer um, me manda o link?",
                "Como compro {this_item}? O link da bio não abre.",
                "Separa {the_item} pra mim, pago hoje.",
                "Preciso comprar {the_wear} até sexta, dá?",
                "Tô tentando finalizar a compra e a página não carrega, me ajudam?",
            ],
        ),
        (
            WhereIsMyOrder,
            &[
                "Cadê meu pedido? O número é {order}.",
                "Minha encomenda não chegou e já faz {days} dias.",
                "Pedi {the_item} faz {days} dias e nada.",
                "Alguma novidade sobre {order}?",
                "O rastreio de {order} tá parado há {days} dias.",
                "Quando chega? Paguei faz {days} dias.",
                "Aparece como entregue mas não recebi nada, pedido {order}.",
                "Podem ver o que aconteceu com o meu pacote?",
                "Já enviaram {order}?",
            ],
        ),
        (
            Refund,
            &[
                "Quero reembolso de {order}.",
                "Podem devolver meu dinheiro?",
                "Como faço pra devolver {the_wear}? Não serviu.",
                "Fui cobrada duas vezes em {order}, estornem uma por favor.",
                "Quero fazer uma devolução.",
                "Cancelei {order} semana passada e o dinheiro não voltou pro cartão.",
                "Não era o que eu esperava, posso devolver?",
                "Qual o prazo pra devolver {the_item}?",
                "Cancelem {order} e me devolvam o valor, por favor.",
            ],
        ),
        (
            Broken,
            &[
                "{the_item} veio com defeito.",
                "{the_thing} parou de funcionar depois de {days} dias.",
                "O zíper soltou na primeira vez que usei {the_wear}.",
                "{the_thing} não liga.",
                "Abri a caixa e tava tudo quebrado.",
                "{the_wear} que recebi tem um furo.",
                "{the_thing} esquenta demais e tem cheiro de queimado.",
                "Recebi {the_thing} faltando uma peça.",
                "O carregador já não funciona mais.",
            ],
        ),
        (
            Complaint,
            &[
                "Pior atendimento que já tive.",
                "Já escrevi três vezes e ninguém responde.",
                "Vocês são golpistas, vou denunciar.",
                "Que decepção, {the_wear} não tem nada a ver com o vídeo.",
                "Mandaram a cor errada e ainda me ignoram.",
                "A pessoa que me atendeu ontem foi super grossa.",
                "Faz {days} dias que ninguém me responde, um absurdo.",
                "A qualidade é péssima pelo que vocês cobram.",
                "Quero falar com um gerente sobre {order}.",
            ],
        ),
        (
            Shipping,
            &[
                "Vocês entregam em {city}?",
                "Quanto tempo demora pra chegar em {city}?",
                "Quanto é o frete para {city}?",
                "O frete é grátis acima de algum valor?",
                "Vocês enviam {the_item} para fora do país?",
                "Tem entrega expressa? Preciso em {days} dias.",
                "Pago taxa de importação morando em {city}?",
                "Qual transportadora vocês usam para {city}?",
                "Posso retirar em {city}?",
            ],
        ),
        (
            Collaboration,
            &[
                "Sou criadora de conteúdo em {city} e adoraria trabalhar com vocês.",
                "Com quem eu falo sobre parceria?",
                "Vocês mandam recebidos pra criadores pequenos?",
                "Tenho {days} mil seguidores, procuram embaixadores?",
                "Queremos mostrar {the_item} no nosso próximo vídeo, tem verba?",
                "Vocês têm programa de afiliados?",
                "Faço UGC pra marcas como a de vocês, posso mandar minha tabela?",
                "Somos uma agência de influenciadores, quem cuida das parcerias?",
                "Bora fazer um vídeo juntos sobre {the_item}!",
            ],
        ),
        (
            Compliment,
            &[
                "Amei {the_item}!",
                "Os vídeos de vocês alegram meu dia.",
                "Chegou {the_wear} ontem e é uma lindeza, obrigada!",
                "Melhor lojinha daqui, sério.",
                "Só queria dizer que {the_item} é maravilha pura.",
                "Minha irmã não larga {the_wear} que eu dei.",
                "Vocês são muito talentosos!",
                "Não vivo mais sem {this_item}.",
                "Obrigada pela ajuda da outra vez, vocês são demais!",
            ],
        ),
    ],
    hard: &[
        (
            Price,
            "Não quero comprar ainda, só saber quanto custa {the_item}.",
        ),
        (
            Price,
            "No meu último pedido paguei {price} reais, quanto tá agora {the_item}?",
        ),
        (Availability, "Antes de fazer o pedido: tem tamanho {size}?"),
        (
            Availability,
            "Fiquei de coração quebrado quando esgotou, vai ter mais?",
        ),
        (
            Order,
            "Não me importa o preço, quero {the_item}, como faço?",
        ),
        (
            Order,
            "O meu quebrou, então queria comprar {this_thing} de vocês.",
        ),
        (
            WhereIsMyOrder,
            "Não quero reembolso, só me digam onde está a minha encomenda.",
        ),
        (
            WhereIsMyOrder,
            "Amo a loja, mas {order} era pra ter chegado há {days} dias.",
        ),
        (
            Refund,
            "Não tá quebrado, só não gostei, quero meu dinheiro de volta.",
        ),
        (
            Refund,
            "A entrega foi rápida mas {the_wear} ficou pequeno em mim, vou devolver.",
        ),
        (
            Broken,
            "Recebi meu pedido, mas {the_thing} não faz nada quando aperto o botão.",
        ),
        (
            Broken,
            "Não precisa devolver o dinheiro, mandem outro: esse não funciona.",
        ),
        (Complaint, "Nunca mais compro com vocês."),
        (
            Complaint,
            "Pra postar preço vocês têm tempo, pra responder cliente não.",
        ),
        (
            Shipping,
            "Se eu comprar {the_item} hoje, chega em {city} em {days} dias?",
        ),
        (
            Shipping,
            "Compraria agora se soubesse que entregam em {city}.",
        ),
        (
            Collaboration,
            "Não quero comprar nada, quero fazer um vídeo com {the_item}.",
        ),
        (
            Collaboration,
            "Qual o preço de um post patrocinado com vocês?",
        ),
        (
            Compliment,
            "Nenhuma reclamação, chegou antes do prazo e não tem preço, obrigada!",
        ),
        (Compliment, "Melhor pedido que já fiz na vida, amei."),
    ],
};
