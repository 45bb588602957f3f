"""ICC profiles: the tags that colours need stay where they are, those that tell of one device go.

A display's profile, which stands in pictures of its screen, has the serial number of that display (Apple's `mmod`,
EDID_serial in `meta`), or of the instrument that measured it (`targ`).
"""

HEAD, ENTRY = 128, 12
ID = slice(84, 100)  # a hash over the whole; zero says that nobody has reckoned it
# All that the ICC has registered up to version 4.4 but `calt`, `meta` and `targ`.
NEEDED = frozenset(
    (
        b"A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 B2D0 B2D1 B2D2 B2D3 D2B0 D2B1 D2B2 D2B3 bTRC bXYZ bkpt chad chrm cicp "
        b"ciis clot clro clrt cprt crdi desc devs dmdd dmnd gTRC gXYZ gamt kTRC lumi meas ncl2 ncol pre0 pre1 pre2 "
        b"ps2i ps2s psd0 psd1 psd2 psd3 pseq psid rTRC rXYZ resp rig0 rig2 scrd scrn tech view vued wtpt"
    ).split()
)


def without_device(profile: bytes) -> bytes:
    """The profile, as long as before; what is none stays as it is."""
    if profile[36:40] != b"acsp":
        return profile
    count = int.from_bytes(profile[HEAD : HEAD + 4], "big")
    end = HEAD + 4 + count * ENTRY
    if end > len(profile):
        return profile
    entries = [profile[at : at + ENTRY] for at in range(HEAD + 4, end, ENTRY)]
    kept = [entry for entry in entries if entry[:4] in NEEDED]
    if len(kept) == count:
        return profile
    silent = bytearray(len(profile))  # what no kept tag points at says nothing
    for begin, length in [(0, HEAD), *map(_place, kept)]:
        silent[begin : begin + length] = profile[begin : begin + length]
    table = len(kept).to_bytes(4, "big") + b"".join(kept)
    silent[HEAD:end] = table.ljust(end - HEAD, b"\0")
    silent[ID] = bytes(16)
    return bytes(silent)


def _place(entry: bytes) -> tuple[int, int]:
    return int.from_bytes(entry[4:8], "big"), int.from_bytes(entry[8:12], "big")
