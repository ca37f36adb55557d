"""The cryptography of a seal: does it belong to these bytes, and is it, bit by bit, the seal that was put on?"""

import hashlib
from binascii import hexlify
from collections.abc import Iterable
from typing import Any

from asn1crypto import algos, cms, x509
from asn1crypto.core import Void
from pyhanko.sign.general import CMSExtractionError, extract_certificate_info, extract_signer_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from contracts.sealing.inventory import Comings
from contracts.sealing.report import TimeStamp

_TIME_STAMP = "signature_time_stamp_token"
_RSA = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}).dump()


def holds(signed: EmbeddedPdfSignature) -> tuple[bool, bool]:
    """Whether the sealed bytes are these, and whether the certificate's key sealed them."""
    return _holds(signed.signer_info, signed.signer_cert, "data", signed.compute_digest())


def exact(pdf: bytes, signed: EmbeddedPdfSignature) -> bool:
    """Whether the seal is encoded as it was made, down to its padding: what no signature covers is compared."""
    start, end = int(signed.byte_range[1]), int(signed.byte_range[2])
    area = pdf[start:end]
    info = cms.ContentInfo.load(signed.pkcs7_content)
    encoded: bytes = info.dump()
    if area != b"<" + hexlify(encoded).upper().ljust(len(area) - 2, b"0") + b">" or info.dump(force=True) != encoded:
        return False
    return _as_made(signed.signed_data, signed.signer_info, signed.signer_cert)


def certificates(chosen: Iterable[Any]) -> tuple[str, ...]:
    """SHA-256 of certificates that come with a seal, sorted. No signature covers them: these go under the seal."""
    return tuple(sorted(hashlib.sha256(one.dump()).hexdigest() for one in chosen))


def frame(token: cms.ContentInfo) -> str:
    """SHA-256 of a time stamp without what its service signs anew each time. No signature covers the rest, which is the
    same in each of a service's answers: it goes under the seal before the stamp is there.
    """
    bare = cms.ContentInfo.load(token.dump())
    data = bare["content"]
    del data["encap_content_info"]["content"]
    for signer in data["signer_infos"]:
        del signer["signed_attrs"]
        signer["signature"] = b""
    return hashlib.sha256(bare.dump(force=True)).hexdigest()


def as_listed(signed: EmbeddedPdfSignature, listed: Comings) -> bool:
    """Whether the certificates and the frame of the time stamp are those that were put under the seal."""
    came = certificates(one.chosen for one in signed.signed_data["certificates"])
    frames = [frame(token) for token in _tokens(signed)]
    stamped = [listed.time_stamp] if listed.time_stamp else []
    return listed.certificates in (None, came) and (listed.time_stamp is None or frames == stamped)


def time_stamp(signed: EmbeddedPdfSignature, listed: Comings) -> TimeStamp | None:
    """The independent time stamp on the seal; None where there is none. Raises ValueError for a token that is none."""
    tokens = _tokens(signed)
    if not tokens:
        return None
    data = tokens[0]["content"]
    content = data["encap_content_info"]["content"]
    told = content.parsed
    certificate = extract_certificate_info(data).signer_cert
    seal = signed.signer_info["signature"].native
    imprint = told["message_imprint"]
    good = all(_holds(extract_signer_info(data), certificate, "tst_info", _sha(data, bytes(content))))
    named = hashlib.new(imprint["hash_algorithm"]["algorithm"].native, seal).digest()
    name = str(certificate.subject.native.get("common_name", ""))
    holds = good and named == imprint["hashed_message"].native
    return TimeStamp(told["gen_time"].native, name, holds, listed=bool(listed.time_stamp))


def _tokens(signed: EmbeddedPdfSignature) -> list[cms.ContentInfo]:
    attributes = signed.signer_info["unsigned_attrs"] or ()
    return [one["values"][0] for one in attributes if one["type"].native == _TIME_STAMP]


def _sha(data: Any, content: bytes) -> bytes:
    algorithm = extract_signer_info(data)["digest_algorithm"]["algorithm"].native
    return hashlib.new(algorithm, content).digest()


def _holds(signer: Any, certificate: x509.Certificate, content_type: str, digest: bytes) -> tuple[bool, bool]:
    try:
        intact, valid = validate_sig_integrity(signer, certificate, content_type, digest)
    except (SignatureValidationError, CMSExtractionError, ValueError):
        return True, False  # nothing can be said of the bytes: the seal is none
    return intact, valid


def _as_made(data: Any, signer: Any, certificate: x509.Certificate) -> bool:
    """What the signature does not cover has the one value it is made with."""
    sid = signer["sid"].chosen
    return (
        data["version"].native == "v1"
        and [algorithm.native for algorithm in data["digest_algorithms"]]
        == [{"algorithm": "sha256", "parameters": None}]
        and data["encap_content_info"].native == {"content_type": "data", "content": None}
        and data["crls"].native is None
        and len(data["signer_infos"]) == 1
        and signer["version"].native == "v1"
        and signer["sid"].name == "issuer_and_serial_number"
        and sid["issuer"].dump() == certificate.issuer.dump()
        and sid["serial_number"].native == certificate.serial_number
        and signer["digest_algorithm"].native == {"algorithm": "sha256", "parameters": None}
        and signer["signature_algorithm"].dump() == _RSA
        and _nothing_but_a_time_stamp(signer["unsigned_attrs"])
    )


def _nothing_but_a_time_stamp(attributes: Any) -> bool:
    """No attributes at all, or one with one value: what else lies there would be covered by nothing."""
    if isinstance(attributes, Void):
        return True
    return [(one["type"].native, len(one["values"])) for one in attributes] == [(_TIME_STAMP, 1)]
