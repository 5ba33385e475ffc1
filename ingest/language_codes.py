"""Codes of ISO 639 and the English names of languages, as a table: 639-1, 639-2/T (and B after a slash), names."""

TWO_LETTERS = """
aa aar Afar
ab abk Abkhazian
ae ave Avestan
af afr Afrikaans
ak aka Akan
am amh Amharic
an arg Aragonese
ar ara Arabic
as asm Assamese
av ava Avaric
ay aym Aymara
az aze Azerbaijani
ba bak Bashkir
be bel Belarusian
bg bul Bulgarian
bh bih Bihari
bi bis Bislama
bm bam Bambara
bn ben Bengali
bo bod/tib Tibetan
br bre Breton
bs bos Bosnian
ca cat Catalan, Valencian
ce che Chechen
ch cha Chamorro
co cos Corsican
cr cre Cree
cs ces/cze Czech
cu chu Church Slavic, Old Church Slavonic, Church Slavonic
cv chv Chuvash
cy cym/wel Welsh
da dan Danish
de deu/ger German
dv div Divehi, Maldivian
dz dzo Dzongkha
ee ewe Ewe
el ell/gre Greek, Modern Greek
en eng English
eo epo Esperanto
es spa Spanish, Castilian
et est Estonian
eu eus/baq Basque
fa fas/per Persian, Farsi
ff ful Fulah
fi fin Finnish
fj fij Fijian
fo fao Faroese
fr fra/fre French
fy fry Western Frisian, Frisian
ga gle Irish
gd gla Scottish Gaelic, Gaelic
gl glg Galician
gn grn Guarani
gu guj Gujarati
gv glv Manx
ha hau Hausa
he heb Hebrew
hi hin Hindi
ho hmo Hiri Motu
hr hrv/scr Croatian
ht hat Haitian, Haitian Creole
hu hun Hungarian
hy hye/arm Armenian
hz her Herero
ia ina Interlingua
id ind Indonesian
ie ile Interlingue, Occidental
ig ibo Igbo
ii iii Sichuan Yi, Nuosu
ik ipk Inupiaq
io ido Ido
is isl/ice Icelandic
it ita Italian
iu iku Inuktitut
ja jpn Japanese
jv jav Javanese
ka kat/geo Georgian
kg kon Kongo
ki kik Kikuyu
kj kua Kuanyama
kk kaz Kazakh
kl kal Kalaallisut, Greenlandic
km khm Khmer, Central Khmer
kn kan Kannada
ko kor Korean
kr kau Kanuri
ks kas Kashmiri
ku kur Kurdish
kv kom Komi
kw cor Cornish
ky kir Kyrgyz, Kirghiz
la lat Latin
lb ltz Luxembourgish
lg lug Ganda
li lim Limburgish, Limburgan
ln lin Lingala
lo lao Lao
lt lit Lithuanian
lu lub Luba-Katanga
lv lav Latvian
mg mlg Malagasy
mh mah Marshallese
mi mri/mao Maori
mk mkd/mac Macedonian
ml mal Malayalam
mn mon Mongolian
mr mar Marathi
ms msa/may Malay
mt mlt Maltese
my mya/bur Burmese
na nau Nauru
nb nob Norwegian Bokmål, Bokmål
nd nde North Ndebele
ne nep Nepali
ng ndo Ndonga
nl nld/dut Dutch, Flemish
nn nno Norwegian Nynorsk, Nynorsk
no nor Norwegian
nr nbl South Ndebele
nv nav Navajo
ny nya Chichewa, Nyanja
oc oci Occitan
oj oji Ojibwa
om orm Oromo
or ori Oriya, Odia
os oss Ossetian
pa pan Punjabi, Panjabi
pi pli Pali
pl pol Polish
ps pus Pashto
pt por Portuguese
qu que Quechua
rm roh Romansh
rn run Rundi
ro ron/rum Romanian, Moldavian
ru rus Russian
rw kin Kinyarwanda
sa san Sanskrit
sc srd Sardinian
sd snd Sindhi
se sme Northern Sami
sg sag Sango
si sin Sinhala
sk slk/slo Slovak
sl slv Slovenian
sm smo Samoan
sn sna Shona
so som Somali
sq sqi/alb Albanian
sr srp/scc Serbian
ss ssw Swati
st sot Southern Sotho
su sun Sundanese
sv swe Swedish
sw swa Swahili
ta tam Tamil
te tel Telugu
tg tgk Tajik
th tha Thai
ti tir Tigrinya
tk tuk Turkmen
tl tgl Tagalog
tn tsn Tswana
to ton Tongan
tr tur Turkish
ts tso Tsonga
tt tat Tatar
tw twi Twi
ty tah Tahitian
ug uig Uyghur
uk ukr Ukrainian
ur urd Urdu
uz uzb Uzbek
ve ven Venda
vi vie Vietnamese
vo vol Volapük
wa wln Walloon
wo wol Wolof
xh xho Xhosa
yi yid Yiddish
yo yor Yoruba
za zha Zhuang
zh zho/chi Chinese
zu zul Zulu
"""

# Languages without two letters that archives hold: most of ISO 639-2, and historic ones of ISO 639-3.
THREE_LETTERS = """
ace Achinese
akk Akkadian
ang Old English, Anglo-Saxon
arc Aramaic
arn Mapudungun
ast Asturian
ban Balinese
bar Bavarian
ber Berber
bug Buginese
ceb Cebuano
chg Chagatai
chr Cherokee
ckb Central Kurdish
cmn Mandarin
cnr Montenegrin
cop Coptic
crh Crimean Tatar
csb Kashubian
dak Dakota
dsb Lower Sorbian
dum Middle Dutch
egy Egyptian
elx Elamite
enm Middle English
fil Filipino
frk Frankish
frm Middle French
fro Old French
frr Northern Frisian
frs Eastern Frisian
fur Friulian
gez Geez, Ethiopic
gmh Middle High German
gml Middle Low German
goh Old High German
got Gothic
grc Ancient Greek
gsw Swiss German, Alemannic
hak Hakka
haw Hawaiian
hit Hittite
hsb Upper Sorbian
jam Jamaican Creole
jrb Judeo-Arabic
kaa Kara-Kalpak
kab Kabyle
kbd Kabardian
kha Khasi
kok Konkani
krc Karachay-Balkar
krl Karelian
lad Ladino
lij Ligurian
lld Ladin
ltg Latgalian
lzh Literary Chinese, Classical Chinese
mga Middle Irish
mhr Eastern Mari, Mari
mnc Manchu
mul Multiple languages
mwl Mirandese
nah Nahuatl
nan Southern Min
nap Neapolitan
nds Low German
new Newari
non Old Norse
nso Northern Sotho, Pedi
nwc Classical Newari
odt Old Dutch
ofs Old Frisian
osp Old Spanish
osx Old Saxon
ota Ottoman Turkish
pal Pahlavi, Middle Persian
pap Papiamento
pcd Picard
peo Old Persian
pfl Palatine German
phn Phoenician
pms Piedmontese
pro Old Provençal, Old Occitan
prs Dari
rom Romany
rup Aromanian
sah Yakut
sam Samaritan Aramaic
scn Sicilian
sco Scots
sga Old Irish
sgs Samogitian
sma Southern Sami
smj Lule Sami
smn Inari Sami
sms Skolt Sami
sux Sumerian
syc Classical Syriac
syr Syriac
szl Silesian
tet Tetum
tig Tigre
tlh Klingon
tpi Tok Pisin
udm Udmurt
uga Ugaritic
vec Venetian
vot Votic
wen Sorbian
wym Wymysorys
yue Cantonese
zea Zeelandic
zxx No linguistic content
"""
