//! What people write in French.

use super::Intent::{
    Availability, Broken, Collaboration, Complaint, Compliment, Order, Price, Refund, Shipping,
    WhereIsMyOrder,
};
use super::tables::{Product, Tables};

const fn product(bare: &'static str, the: &'static str, this: &'static str) -> Product {
    Product { bare, the, this }
}

pub(super) const TABLES: Tables = Tables {
    countries: &[("FR", 70), ("BE", 14), ("CH", 8), ("CA", 8)],
    cities: &[
        "Lyon", "Nantes", "Liège", "Genève", "Québec", "Lille", "Toulouse", "Namur",
    ],
    colours: &["noir", "blanc", "vert", "rose", "bleu marine", "beige"],
    sizes: &["S", "M", "L", "XL", "38", "40"],
    wear: &[
        product("sweat", "le sweat", "ce sweat"),
        product("robe", "la robe", "cette robe"),
        product("veste en jean", "la veste en jean", "cette veste en jean"),
        product("sac", "le sac", "ce sac"),
        product("maillot", "le maillot", "ce maillot"),
    ],
    things: &[
        product(
            "lampe coucher de soleil",
            "la lampe coucher de soleil",
            "cette lampe coucher de soleil",
        ),
        product(
            "mini projecteur",
            "le mini projecteur",
            "ce mini projecteur",
        ),
        product(
            "mousseur à lait",
            "le mousseur à lait",
            "ce mousseur à lait",
        ),
        product("lisseur", "le lisseur", "ce lisseur"),
        product(
            "pistolet de massage",
            "le pistolet de massage",
            "ce pistolet de massage",
        ),
    ],
    greetings: &[
        "salut",
        "bonjour",
        "coucou",
        "bonsoir",
        "hello",
        "bonjour à tous",
    ],
    emoji: &["😍", "🙏", "😭", "🔥", "❤️", "👀", "😅", "✨"],
    nudges: &[
        "allo??",
        "il y a quelqu'un ?",
        "???",
        "j'attends toujours",
        "quelqu'un peut répondre svp",
        "coucou ?",
    ],
    number_follows: &[
        "le numéro c'est {order}",
        "c'est {order} au fait",
        "#{order}",
        "commande {order}",
    ],
    templates: &[
        (
            Price,
            &[
                "C'est combien {the_item} ?",
                "Quel est le prix ? Je parle de {this_item}.",
                "Prix s'il vous plaît !",
                "Combien coûte {the_wear} en {colour} ?",
                "Vous vendez {the_item} à combien en ce moment ?",
                "{the_item} est encore à {price} euros ou ça a augmenté ?",
                "On ne voit pas le prix dans la vidéo, vous pouvez me le dire ?",
                "Il y a une promo aujourd'hui sur {the_item} ?",
                "C'est moins cher si j'en prends deux ?",
            ],
        ),
        (
            Availability,
            &[
                "Vous avez encore {the_item} ?",
                "Vous avez {the_wear} en taille {size} ?",
                "Quand est-ce que {the_item} revient en stock ?",
                "C'est marqué épuisé, vous allez en refaire ?",
                "{the_wear} existe aussi en {colour} ?",
                "Il en reste en {colour} ?",
                "Est-ce que {this_item} est encore dispo ?",
                "Vous avez toujours {this_item} qu'on voit dans la vidéo ?",
                "La taille {size} est disponible ?",
            ],
        ),
        (
            Order,
            &[
                "Je veux acheter {the_item}, comment je fais ?",
                "Je voudrais commander {the_wear} en {colour}, taille {size}.",
                "Il me le faut ! Où est-ce que je trouve {this_item} ?",
                "Je peux en commander deux ici ?",
                "J'en prends un, vous m'envoyez le lien ?",
                "Comment acheter {this_item} ? Le lien du profil ne s'ouvre pas.",
                "Mettez-moi {the_item} de côté, je paie aujourd'hui.",
                "J'ai besoin de ça pour vendredi, je peux encore passer commande ?",
                "Je veux payer {the_item} mais la page ne charge pas, vous pouvez m'aider à commander ?",
            ],
        ),
        (
            WhereIsMyOrder,
            &[
                "Où est ma commande ? C'est le {order}.",
                "Mon colis n'est toujours pas là après {days} jours.",
                "J'ai commandé {the_item} il y a {days} jours et rien reçu.",
                "Des nouvelles de {order} ?",
                "Le suivi de {order} ne bouge plus depuis {days} jours.",
                "Ça arrive quand ? J'ai payé il y a {days} jours.",
                "C'est noté livré mais je n'ai rien, commande {order}.",
                "Vous pouvez regarder ce qui se passe avec mon colis ?",
                "Vous avez déjà expédié {order} ?",
            ],
        ),
        (
            Refund,
            &[
                "Je veux être remboursée pour {order}.",
                "Je peux avoir un remboursement ?",
                "Comment je renvoie {the_wear} ? Ça ne me va pas.",
                "J'ai été débitée deux fois pour {order}, remboursez-en une svp.",
                "Je souhaite faire un retour.",
                "J'ai annulé {order} la semaine dernière et l'argent n'est pas revenu.",
                "Ce n'est pas ce que j'attendais, je peux le rendre ?",
                "J'ai combien de temps pour renvoyer {the_item} ?",
                "Annulez {order} et rendez-moi mon argent s'il vous plaît.",
            ],
        ),
        (
            Broken,
            &[
                "J'ai reçu {the_item} et c'est tout cassé.",
                "{the_thing} ne marche plus après {days} jours.",
                "La fermeture a lâché la première fois que j'ai mis {the_wear}.",
                "{the_thing} ne s'allume pas.",
                "J'ouvre la boîte et tout est cassé.",
                "Il y a un trou, je viens juste de recevoir {the_wear}.",
                "{the_thing} chauffe énormément et sent le brûlé.",
                "Il manque une pièce, je ne peux pas utiliser {the_thing}.",
                "Le chargeur est déjà mort.",
            ],
        ),
        (
            Complaint,
            &[
                "C'est le pire service que j'ai jamais vu.",
                "J'ai écrit trois fois et personne ne répond.",
                "Vous êtes des arnaqueurs, je vais vous signaler.",
                "Très déçue, {the_wear} ne ressemble pas du tout à la vidéo.",
                "Mauvaise couleur et en plus vous m'ignorez.",
                "La personne d'hier au chat était très désagréable.",
                "{days} jours sans réponse, c'est honteux.",
                "La qualité est nulle pour ce que vous demandez.",
                "Je veux parler à un responsable au sujet de {order}.",
            ],
        ),
        (
            Shipping,
            &[
                "Vous livrez à {city} ?",
                "La livraison à {city} prend combien de temps ?",
                "Combien coûte la livraison pour {city} ?",
                "La livraison est gratuite à partir de combien ?",
                "Vous envoyez {the_item} à l'étranger ?",
                "Vous faites de l'express ? Il me le faut dans {days} jours.",
                "Il y a des frais de douane si j'habite à {city} ?",
                "Vous passez par quel transporteur pour {city} ?",
                "Je peux venir le chercher à {city} ?",
            ],
        ),
        (
            Collaboration,
            &[
                "Je suis créatrice à {city} et j'adorerais travailler avec vous.",
                "À qui je m'adresse pour une collab ?",
                "Vous envoyez des colis aux petits créateurs ?",
                "J'ai {days}k abonnés, vous cherchez des ambassadrices ?",
                "On aimerait montrer {the_item} dans notre prochaine vidéo, vous avez un budget ?",
                "Vous avez un programme d'affiliation ?",
                "Je fais de l'UGC pour des marques comme la vôtre, je peux envoyer mes tarifs ?",
                "On est une agence d'influence, qui s'occupe des partenariats chez vous ?",
                "On fait une vidéo ensemble sur {the_item} ?",
            ],
        ),
        (
            Compliment,
            &[
                "J'adore {the_item} !",
                "Vos vidéos illuminent ma journée.",
                "J'ai reçu {the_wear} hier, c'est une merveille, merci !",
                "La meilleure petite boutique d'ici, vraiment.",
                "Je voulais juste dire que {the_item} est une tuerie.",
                "Ma sœur ne quitte plus {the_wear} que je lui ai offert.",
                "Vous avez tellement de talent !",
                "Je ne peux plus vivre sans {this_item}.",
                "Merci pour votre aide l'autre jour, vous êtes géniaux !",
            ],
        ),
    ],
    hard: &[
        (
            Price,
            "Je ne veux pas encore acheter, juste savoir combien coûte {the_item}.",
        ),
        (
            Price,
            "Ma dernière commande était à {price} euros, c'est combien maintenant ?",
        ),
        (
            Availability,
            "Avant de commander : la taille {size} est en stock ?",
        ),
        (
            Availability,
            "J'ai eu le cœur brisé de voir épuisé {the_wear}, il y en aura d'autres ?",
        ),
        (
            Order,
            "Peu importe le prix, je veux {the_item}, comment je fais ?",
        ),
        (
            Order,
            "Le mien est cassé, du coup je voudrais acheter {this_thing}.",
        ),
        (
            WhereIsMyOrder,
            "Je ne veux pas de remboursement, dites-moi juste où est mon colis.",
        ),
        (
            WhereIsMyOrder,
            "J'adore votre boutique, mais {order} devait arriver il y a {days} jours.",
        ),
        (
            Refund,
            "Ce n'est pas cassé, ça ne me plaît pas, je veux récupérer mon argent.",
        ),
        (
            Refund,
            "Livraison rapide mais {the_wear} taille trop petit, je le renvoie.",
        ),
        (
            Broken,
            "J'ai bien ma commande, mais {the_thing} ne fait rien quand j'appuie.",
        ),
        (
            Broken,
            "Pas besoin de me rembourser, envoyez-m'en un autre : celui-là est mort.",
        ),
        (Complaint, "Je ne commanderai plus jamais chez vous."),
        (
            Complaint,
            "Pour publier vos prix vous avez le temps, pour répondre aux clients non.",
        ),
        (
            Shipping,
            "Si je commande {the_item} aujourd'hui, c'est à {city} dans {days} jours ?",
        ),
        (
            Shipping,
            "J'achèterais tout de suite si je savais que vous livrez à {city}.",
        ),
        (
            Collaboration,
            "Je ne veux rien acheter, je veux faire une vidéo sur {the_item}.",
        ),
        (
            Collaboration,
            "Quel est votre prix pour un post sponsorisé ?",
        ),
        (
            Compliment,
            "Aucune plainte, c'est arrivé en avance et ça n'a pas de prix, merci !",
        ),
        (Compliment, "La meilleure commande de ma vie, j'adore."),
    ],
};
