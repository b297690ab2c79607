"""Which emoji the drawings of Firefox OS show, where their names do not say it as Unicode does: our reading of them.

``make_pictograms.py`` finds 600 others by their names. An emoji of "-" means: not what its name says, or damaged.
"""

READ = """
2hearts 💕 · americasglobe 🌎 · anger 💢 · angry 😠 · anguish 😧 · aok 👌 · asiaaustraliaglobe 🌏 ·
astonished 😲 · blackdroplet 💧 · blackpushpin 📌 · blackskullcrossbones ☠ · blacktouchtonetelephone ☎ ·
blonde 👱 · bolt ⚡ · bookmarktab 📑 · boot 👢 · bouquetofflowers 💐 · bow 🎀 · bowing 🙇 · bride 👰 · bunny 🐰 ·
bunny-ears 👯 · bunnyside 🐇 · cat 🐱 · catside 🐈 · cellphone 📱 · chartdownwardstrend 📉 ·
chartupwardstrend 📈 · chartupwardstrendyen 💹 · chilipepper 🌶 · clap 👏 · clock12oclock 🕛 ·
clock12thirty 🕧 · clock1oclock 🕐 · clock1thirty 🕜 · clock2oclock 🕑 · clock2thirty 🕝 · clock3oclock 🕒 ·
clock3thirty 🕞 · clock4oclock 🕓 · clock4thirty 🕟 · clock5thirty 🕠 · clock6oclock 🕕 · clock6thirty 🕡 ·
clock7oclock 🕖 · closedmailboxlowered 📪 · closedmailboxraised 📫 · coldsweat 😰 · confetti 🎊 ·
confounded 😖 · confused 😕 · construct 👷 · construction 🏗 · constructionsign 🚧 · controlknob 🎛 · cop 👮 ·
couple 💑 · couplekiss 💏 · crying 😢 · dash 💨 · devilhorns 😈 · diamondshapewithdotinside 💠 ·
disappointed 😞 · dissapointedrelief 😥 · dog 🐶 · dogside 🐕 · doubleexclaimationmark ‼ · down 👇 ·
dragonhead 🐲 · dragonside 🐉 · eightspokedasterix ✳ · europeafricaglobe 🌍 · evergreen 🌲 ·
exclaimationquestionmark ⁉ · expressionless 😑 · fallingleaf 🍂 · faxicon 📠 · fearful 😨 ·
fishcakeswirl 🍥 · fistedhand 👊 · flexbicep 💪 · flushed 😳 · fog - · forkknife 🍽 · frontfacingchick 🐥 ·
frown 🙍 · frownmouth 😦 · gem 💎 · girlgirl 👭 · girlguy 👫 · gma 👵 · gpa 👴 · grimacing 😬 · grin 😀 ·
grineyes 😁 · grinsquint 😆 · grinsweat 😅 · grintears 😂 · grinwide 😃 · grinwideeyes 😄 · guapimao 👲 ·
guyguy 👬 · halo 😇 · hampster 🐹 · hand ✋ · handheldvideocamera 📹 · hands 👐 · handup 🙋 · headmassage 💆 ·
heartarrow 💘 · heartblue - · hearteyes 😍 · heartgreen 💚 · heartpurple 💜 · heartribbon 💝 ·
heartyellow 💛 · heavyexclaimationmarksymbol ❗ · heels 👠 · high5 🙌 · highbrightness 🔆 ·
highspeedtrainbulletnose 🚅 · hourglassflowingsand ⏳ · hushed 😯 · index ☝ · japaneseangrymask 👺 ·
keyboard - · kissclosedeyes 😚 · kisseyes 😙 · kissing 😘 · leaffluttering 🍃 · left 👈 ·
leftmagnifyingglass 🔍 · leftwritinghand ✍ · leopardside 🐆 · lips 👄 · lockandkey 🔐 · loudlycrying 😭 ·
lowbrightness 🔅 · mahjong 🀄 · makeupbag 👝 · manltepiececlock 🕰 · mansshirt 👕 · medicalmask 😷 ·
mensrunner 👟 · mensshoe 👞 · meridianglobe 🌐 · monkeyhear 🙉 · monkeysee 🙈 · monkeyspeak 🙊 · mouse 🐭 ·
mouseside 🐁 · negativesquaredlatincaptiala 🅰 · negativesquaredlatincaptialb 🅱 ·
negativesquaredlatincaptialo 🅾 · neutral 😐 · nogesture 🙅 · nomouth 😶 · nooneunder18symbol 🔞 ·
notebookdecorativecover 📔 · okgesture 🙆 · openmailboxlowered 📭 · openmailboxraised 📬 · openmouth 😮 ·
opticaldiscicon 💿 · outbox 📤 · pensive 😔 · perservere 😣 · phonerightarrowleft 📲 · pig 🐷 · pigside 🐖 ·
pigsnout 🐽 · pinkwallet 👛 · poo 💩 · potablewatersystem 🚰 · pout 🙎 · pouting 😡 · pray 🙏 · present 🎁 ·
racecar 🏎 · raincloud 🌧 · raisedhandpartfingers 🖖 · raisedhandsfingerssplayed 🖐 · relieved 😌 ·
reminder 🎗 · right 👉 · rightmagnifyingglass 🔎 · running 🏃 · saggitarius ♐ · sandals 👡 · screamfear 😱 ·
silhouetteohjapan 🗾 · sixpointedstarwithdot 🔯 · sleeping 😴 · sleepy 😪 · sleuthspy 🕵 · smallfrown 🙁 ·
smallsmile 🙂 · smileeyes 😊 · smiletongue 😋 · smirk 😏 · snowcloud 🌨 · snowmountains 🏔 ·
speaker3soundwaves 🔊 · speakercancellation 🔇 · speakeronesoundwave 🔉 · speechbubble 💬 ·
spurtingwhale 🐳 · squaredup 🆙 · stormcloud 🌩 · studiomic 🎙 · sunglasses 😎 · sunraincloud 🌦 · sunrays ☀ ·
sweat 😓 · sweatsplash 💦 · swimming 🏊 · telephonereceiver2 📞 · ten 🔟 · tennisball 🎾 · thoughtbaloon 💭 ·
tie 👔 · tiger 🐯 · tigerside 🐅 · tired 😫 · tongueout 😛 · tongueoutwink 😜 · tongueoutwink2 😝 ·
toykotower 🗼 · tramcar - · triumph 😤 · turban 👳 · unamused 😒 · up 👆 · videocasette 📼 · waitress 💁 ·
walking 🚶 · waningbibbousmoon 🌖 · wave 🌊 · waving 👋 · weary 😩 · whitesunsmallcloud 🌤 · window - ·
winking 😉 · wiredkeyboard ⌨ · womansshirt 👚 · worried 😟
"""
NAMES = {name: emoji for name, emoji in (pair.split() for pair in READ.split("·"))}
