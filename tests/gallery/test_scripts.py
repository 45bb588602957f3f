"""What people type is found, in whatever script, and however cameras and people name their files."""

import pytest

from picturerail.gallery.search.tags import clean_tags
from picturerail.gallery.search.words import MAX_TERMS, MAX_TOKENS, marked, terms_of, tokens_of
from tests.gallery.test_search import is_found

# text; queries that find it; queries that do not
TEXTS: list[tuple[str, list[str], list[str]]] = [
    (
        "東京スカイツリーの夜景を見た",
        ["東京", "スカイツリー", "夜景", "東京スカイツリーの夜景", "京ス", "ツリー"],
        ["京都", "大阪"],
    ),
    ("我们在长城上看日出", ["长城", "日出", "看日出", "我们在长城上看日出", "城"], ["故宫", "落日"]),
    ("台灣的阿里山神木", ["阿里山", "神木", "台灣"], ["玉山"]),
    ("서울의 밤거리에서", ["서울", "밤거리", "서울의 밤거리", "거리"], ["부산"]),
    ("วันนี้เราไปเที่ยวภูเก็ตด้วยกัน", ["ภูเก็ต", "เที่ยว", "วันนี้"], ["เชียงใหม่"]),
    ("ພວກເຮົາໄປຫຼວງພະບາງ", ["ຫຼວງພະບາງ"], ["ວຽງຈັນ"]),
    ("ថ្ងៃលិចនៅអង្គរវត្ត", ["អង្គរវត្ត", "ថ្ងៃលិច"], ["ភ្នំពេញ"]),
    ("ရန်ကုန်မြို့ညရှုခင်း", ["ရန်ကုန်", "ညရှုခင်း"], ["မန္တလေး"]),
    ("मुंबई की बारिश में", ["मुंबई", "बारिश", "मुंब"], ["दिल्ली", "बरस"]),
    ("কলকাতার পুরোনো ট্রাম", ["কলকাতা", "ট্রাম"], ["ঢাকা"]),
    ("சென்னை கடற்கரை மாலை", ["சென்னை", "கடற்கரை"], ["மதுரை"]),
    ("ਅੰਮ੍ਰਿਤਸਰ ਦਾ ਸੁਨਹਿਰੀ ਮੰਦਰ", ["ਅੰਮ੍ਰਿਤਸਰ", "ਮੰਦਰ"], ["ਦਿੱਲੀ"]),
    ("مَرْحَبًا بكم في القُدْس", ["مرحبا", "القدس", "مَرْحَبًا"], ["بغداد"]),
    ("مرحبا بكم في القدس", ["مَرْحَبًا", "القُدْس"], ["دمشق"]),
    ("إلى الأهرام", ["الي الاهرام", "الأهرام"], ["النيل"]),
    ("کوه دماوند در می‌رود", ["كوه", "دماوند", "می‌رود", "میرود"], ["تهران"]),
    ("שָׁלוֹם מִירוּשָׁלַיִם", ["שלום", "מירושלים", "שָׁלוֹם"], ["חיפה"]),
    ("Ẹ̀kọ́ àti ọjà Èkó", ["eko", "oja", "Ẹ̀kọ́", "ati"], ["abuja"]),
    ("Zażółć gęślą jaźń w Łodzi", ["lodzi", "zazolc", "gesla jazn", "Łodzi"], ["krakow"]),
    ("Nordlys over Tromsø", ["tromso", "nordlys", "tromsoe", "Tromsø"], ["bergen"]),
    ("Havnen i Ærøskøbing", ["aeroskobing", "aero", "Ærø", "aeroeskoebing"], ["odense"]),
    ("Kızıl kaya, İstanbul", ["kizil", "istanbul", "KIZIL", "İSTANBUL"], ["ankara"]),
    (
        "München, Brücke über die Isar, Straße",
        ["munchen", "muenchen", "bruecke", "strasse", "STRASSE"],
        ["koln"],
    ),
    ("Đà Nẵng, cầu Rồng", ["da nang", "cau rong", "Đà Nẵng"], ["hue"]),
    ("Αθήνα, Ακρόπολη το βράδυ", ["αθηνα", "ΑΚΡΟΠΟΛΗ", "βραδυ"], ["πατρα"]),
    ("Ёлка на Красной площади", ["елка", "красной", "ЁЛКА"], ["москва"]),
    ("Київ, їжак і ґанок", ["київ", "киів", "іжак"], ["львів"]),
    ("თბილისი საღამოს", ["თბილისი", "საღამოს"], ["ბათუმი"]),
    ("Երևան գիշերով", ["Երևան", "երևան", "գիշերով"], ["գյումրի"]),
    ("አዲስ አበባ ከተማ", ["አዲስ", "አበባ"], ["ጎንደር"]),
    ("🍺 im Biergarten 👩‍👩‍👧 🇩🇪 ✈️", ["🍺", "biergarten", "👩‍👩‍👧", "🇩🇪", "✈", "✈️"], ["🍷", "🇫🇷"]),
    (
        "soft\u00adhyphen and zero\u200bwidth",
        ["softhyphen", "soft\u00adhyphen", "zerowidth", "zero"],
        ["width"],
    ),
    ("Ｆｕｌｌｗｉｄｔｈ ﾊﾝｶｸ ﬁsh", ["fullwidth", "ハンカク", "fish", "ﾊﾝｶｸ"], ["half"]),
    ("O’Brien's boat, l'été à Sète", ["o'brien", "obrien", "brien", "été", "l’ete", "sete"], ["brian"]),
    ("Rechnung ٢٠٢٤ und २०२३", ["2024", "2023", "٢٠٢٤"], ["2022"]),
    ("Ngũgĩ wa Thiong'o, ʻOkina in Hawaiʻi", ["ngugi", "thiongo", "hawaii", "hawai'i", "okina"], ["kenya"]),
    ("Ísafjörður, Þingvellir", ["isafjordur", "thingvellir", "Þing"], ["reykjavik"]),
]

FILES: list[tuple[str, list[str]]] = [
    ("DSC00119.png", ["DSC00119.png", "dsc", "dsc00119", "00119", "119", "dsc001"]),
    (
        "2024-07-14 beach_day.final.jpg",
        ["2024-07-14 beach_day.final.jpg", "beach day", "final", "2024 07 14"],
    ),
    ("IMG_20240714_123456~2.jpg", ["IMG_20240714_123456~2.jpg", "20240714", "123456", "img"]),
    ("PXL_20240714_101112345.NIGHT.jpg", ["PXL_20240714_101112345.NIGHT.jpg", "night", "pxl"]),
    ("_MG_1234 (1).CR2.jpeg", ["_MG_1234 (1).CR2.jpeg", "1234", "mg_1234", "cr2"]),
    ("Screenshot 2024-07-14 at 10.11.12.png", ["Screenshot 2024-07-14 at 10.11.12.png", "screenshot"]),
    ("holiday@2x.png", ["holiday@2x.png", "holiday", "2x"]),
    ("写真_001.jpg", ["写真_001.jpg", "写真", "001", "1"]),
    ("фото №5.jpg", ["фото №5.jpg", "фото", "№5", "5"]),
    ("GOPR0042.JPG", ["GOPR0042.JPG", "gopr0042", "42", "0042"]),
    ("DJI_0007_HDR.dng.jpg", ["DJI_0007_HDR.dng.jpg", "hdr", "0007"]),
    (
        "3f2504e04f8911d39a0c0305e82c3301.webp",
        ["3f2504e04f8911d39a0c0305e82c3301.webp", "3f2504e04f8911d39a0c0305e82c3301"],
    ),
]


@pytest.mark.parametrize(("text", "finding", "missing"), TEXTS)
def test_descriptions_are_found_in_their_script(text: str, finding: list[str], missing: list[str]) -> None:
    tokens = tokens_of(text, "x.jpg", ())
    assert [query for query in [text, *finding] if not is_found(query, tokens)] == []
    assert [query for query in missing if is_found(query, tokens)] == []


@pytest.mark.parametrize(("name", "finding"), FILES)
def test_files_are_found_by_the_name_that_the_page_shows(name: str, finding: list[str]) -> None:
    tokens = tokens_of("", name, ())
    assert [query for query in finding if not is_found(query, tokens)] == []


def test_camera_names_are_found_by_every_beginning_and_number() -> None:
    for pattern in (
        "DSC{:05}.JPG",
        "IMG_{:04}.HEIC",
        "P{:07}.jpg",
        "100_{:04}.jpg",
        "DSCF{:04}.png",
        "Foto {}.jpg",
    ):
        for number in (1, 7, 10, 42, 99, 100, 119, 999, 1000, 2024):
            name = pattern.format(number)
            tokens = tokens_of("", name, ())
            stem = name.rpartition(".")[0]
            queries = [
                name,
                name.lower(),
                stem,
                str(number),
                *(stem[:length] for length in range(1, len(stem))),
            ]
            assert [query for query in queries if terms_of(query) and not is_found(query, tokens)] == [], name


def test_name_and_tags_are_found_however_long_the_description_is() -> None:
    for text in (" ".join(f"word{number}" for number in range(400)), "漢字仮名交文" * 300):
        tokens = tokens_of(text, "DSC00119.png", ["New York"])
        assert len(tokens) <= MAX_TOKENS
        assert is_found("DSC00119.png", tokens)
        assert is_found("#new_york", tokens)
        assert is_found("york", tokens)


def test_a_pasted_text_is_looked_for_as_far_as_it_goes() -> None:
    pasted = "We walked from the old harbour up to the castle and saw the sun go down over the sea"
    assert len(terms_of(pasted)) > 12
    assert is_found(pasted, tokens_of(pasted, "", ()))
    assert len(terms_of(" ".join(f"w{number}" for number in range(1000)))) == MAX_TERMS
    assert terms_of("x" * 100_000)


def test_tags_that_look_alike_are_one() -> None:
    assert clean_tags(["sea", "se\u200ba", "s\u00adea", "ＳＥＡ", "Sea\u2060", "\u200b", "#"]) == ["sea"]
    assert clean_tags(["می‌رود", "👩‍👩‍👧"]) == ["می‌رود", "👩‍👩‍👧"]


def test_a_run_is_marked_where_it_stands() -> None:
    assert str(marked("東京の夜景だ", terms_of("夜景"))) == "東京の<mark>夜景</mark>だ"
    assert str(marked("IMG DSC00119.png", terms_of("119"))) == "IMG <mark>DSC00119</mark>.png"
    assert str(marked("Łódź nocą", terms_of("lodz"))) == "<mark>Łódź</mark> nocą"
