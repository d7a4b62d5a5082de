package picture

// motif is a drawing.
type motif struct {
	// paint draws on a canvas whose background is done.
	paint func(*canvas)
	// patterned says that the thing wears the picture's pattern.
	patterned bool
}

func worn(paint func(*canvas)) motif { return motif{paint: paint, patterned: true} }
func bare(paint func(*canvas)) motif { return motif{paint: paint} }

// motifs are all drawings by name.
func motifs() map[string]motif {
	return map[string]motif{
		"mug": worn((*canvas).mug), "teacup": worn((*canvas).teacup), "teapot": worn((*canvas).teapot), "plate": worn((*canvas).plate),
		"bowl": worn((*canvas).bowl), "glass": bare((*canvas).glass), "jug": worn((*canvas).jug), "cutlery": worn((*canvas).cutlery),
		"spoon": bare((*canvas).spoon), "egg cup": worn((*canvas).eggcup), "tray": worn((*canvas).tray), "placemat": worn((*canvas).placemat),
		"cupcake": worn((*canvas).cupcake), "cake stand": bare((*canvas).cakestand), "gingerbread": bare((*canvas).gingerbread),
		"mould": bare((*canvas).mould), "tin": worn((*canvas).tin), "jar": bare((*canvas).jar), "pan": worn((*canvas).pan),
		"scales": bare((*canvas).scales), "bread bin": worn((*canvas).breadbin), "matches": worn((*canvas).matches),
		"food cover": bare((*canvas).foodcover), "pegs": bare((*canvas).pegs), "recipes": worn((*canvas).recipes),

		"apron": worn((*canvas).apron), "tea towel": worn((*canvas).teatowel), "oven glove": worn((*canvas).mitt), "napkin": worn((*canvas).napkin),
		"cushion": worn((*canvas).cushion), "throw": worn((*canvas).throw), "doormat": worn((*canvas).doormat), "doorstop": worn((*canvas).doorstop),
		"hot water bottle": worn((*canvas).hotwaterbottle), "towel": bare((*canvas).towel),

		"sign": bare((*canvas).sign), "tile": bare((*canvas).tile), "letters": bare((*canvas).letters), "chalkboard": bare((*canvas).chalkboard),
		"frame": worn((*canvas).frame), "mirror": bare((*canvas).mirror), "clock": bare((*canvas).clock), "thermometer": bare((*canvas).thermometer),
		"hooks": worn((*canvas).hooks), "knobs": worn((*canvas).knob), "cabinet": bare((*canvas).cabinet), "chair": worn((*canvas).chair),
		"box": worn((*canvas).box), "trinket box": worn((*canvas).trinket), "basket": worn((*canvas).basket), "bucket": worn((*canvas).bucket),
		"vase": worn((*canvas).vase), "toadstool": bare((*canvas).toadstool), "shell": bare((*canvas).shell), "paperweight": bare((*canvas).paperweight),
		"bird": worn((*canvas).bird), "butterfly": worn((*canvas).butterfly),

		"hanging heart": bare((*canvas).hangingHeart), "wicker heart": bare((*canvas).wickerHeart), "hanging star": bare((*canvas).hangingStar),
		"angel": worn((*canvas).angel), "mobile": bare((*canvas).mobile), "garland": bare((*canvas).garland), "bell": worn((*canvas).bell),

		"candle": worn((*canvas).candle), "dinner candles": bare((*canvas).dinnerCandles), "tealights": bare((*canvas).tealights),
		"candle holder": worn((*canvas).holder), "heart candle holder": bare((*canvas).heartHolder), "candlestick": worn((*canvas).candlestick),
		"lantern": bare((*canvas).lantern), "lamp": worn((*canvas).lamp), "string lights": bare((*canvas).fairyLights),
		"mirror ball": bare((*canvas).discoBall), "incense": worn((*canvas).incense), "light bulb": worn((*canvas).bulb),

		"tote bag": worn((*canvas).tote), "jumbo bag": worn((*canvas).jumboBag), "lunch bag": worn((*canvas).lunchBag), "lunch box": worn((*canvas).lunchBox),
		"picnic basket": worn((*canvas).picnic), "purse": worn((*canvas).purse), "wash bag": worn((*canvas).washBag), "suitcase": worn((*canvas).suitcase),
		"luggage tag": worn((*canvas).luggageTag), "passport cover": worn((*canvas).passport), "umbrella": worn((*canvas).umbrella),
		"raincoat": worn((*canvas).raincoat), "backpack": worn((*canvas).backpack),

		"necklace": bare((*canvas).necklace), "bracelet": bare((*canvas).bracelet), "earrings": bare((*canvas).earrings), "ring": bare((*canvas).ring),
		"brooch": bare((*canvas).brooch), "hair clips": bare((*canvas).hairclip), "fan": bare((*canvas).fan), "key ring": worn((*canvas).keyring),
		"charm": bare((*canvas).charm), "sunglasses": bare((*canvas).sunglasses), "parasol": worn((*canvas).parasol),

		"card": worn((*canvas).card), "envelope": bare((*canvas).envelope), "notebook": worn((*canvas).notebook), "pencils": worn((*canvas).pencils),
		"pens": bare((*canvas).pen), "feather pen": bare((*canvas).featherPen), "stickers": bare((*canvas).stickers), "magnets": bare((*canvas).magnets),
		"stamps": bare((*canvas).stamps), "tape": bare((*canvas).tape), "wrap": worn((*canvas).wrap), "gift bag": worn((*canvas).giftBag),
		"gift": worn((*canvas).gift), "gift tags": bare((*canvas).tag), "calendar": worn((*canvas).calendar), "photo album": worn((*canvas).album),
		"calculator": worn((*canvas).calculator), "erasers": bare((*canvas).eraser),

		"bunting": worn((*canvas).bunting), "balloons": worn((*canvas).balloons), "honeycomb ball": bare((*canvas).honeycomb),
		"paper chain": bare((*canvas).paperChain), "paper cup": worn((*canvas).paperCup), "straws": worn((*canvas).straws),
		"party cone": worn((*canvas).partyCone), "doily": worn((*canvas).doily), "paper lanterns": bare((*canvas).paperLantern),

		"teddy": worn((*canvas).teddy), "rabbit": worn((*canvas).rabbit), "owl": worn((*canvas).owl), "doll": bare((*canvas).doll), "robot": bare((*canvas).robot),
		"jigsaw": bare((*canvas).jigsaw), "skittles": bare((*canvas).skittles), "blocks": bare((*canvas).blocks), "drawing slate": worn((*canvas).slate),
		"piggy bank": worn((*canvas).piggyBank), "helicopter": worn((*canvas).helicopter), "rocket": bare((*canvas).rocket),
		"marbles": bare((*canvas).marbles), "dominoes": bare((*canvas).dominoes), "playing cards": bare((*canvas).playingCards),
		"spinning top": bare((*canvas).spinningTop), "radio": bare((*canvas).radio), "playhouse": bare((*canvas).playhouse),
		"dinosaur": worn((*canvas).dinosaur), "skipping rope": bare((*canvas).ropeToy),

		"thread": bare((*canvas).thread), "sewing box": worn((*canvas).sewingBox), "pin cushion": worn((*canvas).pincushion),
		"tape measure": worn((*canvas).tapeMeasure), "scissors": bare((*canvas).scissors), "ribbon": worn((*canvas).ribbon), "yarn": bare((*canvas).yarn),
		"felt flowers": bare((*canvas).feltFlower), "paint box": bare((*canvas).paintbox), "chalks": worn((*canvas).chalks),
		"patches": bare((*canvas).patches), "stencil": bare((*canvas).stencil),

		"christmas tree": bare((*canvas).tree), "bauble": worn((*canvas).bauble), "wreath": bare((*canvas).wreath), "stocking": worn((*canvas).stocking),
		"snowy house": bare((*canvas).house), "advent calendar": bare((*canvas).advent), "rocking horse": worn((*canvas).rockingHorse),
		"snowman": bare((*canvas).snowman), "santa": bare((*canvas).santa), "easter egg": bare((*canvas).egg), "chick": bare((*canvas).chick),

		"watering can": worn((*canvas).wateringCan), "garden tools": bare((*canvas).gardenTools), "gloves": worn((*canvas).gloves),
		"plant": worn((*canvas).plant), "seeds": bare((*canvas).seeds), "herb marker": bare((*canvas).herbMarker), "birdhouse": worn((*canvas).birdhouse),
		"windmill": worn((*canvas).windmill), "gnome": bare((*canvas).gnome), "hammock": bare((*canvas).hammock),

		"soap": worn((*canvas).soap), "sponge": bare((*canvas).sponge), "rubber duck": bare((*canvas).duck), "bottle": worn((*canvas).bottle),
		"bathroom scales": worn((*canvas).bathScales), "tissue box": worn((*canvas).tissues), "tissues": worn((*canvas).tissuePack),
		"first aid box": worn((*canvas).firstAid), "plasters": worn((*canvas).plasters), "slippers": worn((*canvas).slippers),
		"ear muffs": bare((*canvas).earMuffs), "hand warmer": worn((*canvas).handWarmer), "shower cap": worn((*canvas).showerCap),
	}
}
