"""TOTP (RFC 6238) as authenticator apps have it: SHA-1, six digits, 30 seconds; and the picture that they read."""

import hmac

import pyotp

from paycore import clock

STEP_S = 30
# A code may be one step old, for the way and the clock of the phone (RFC 6238, 5.2); none is of the future.
_STEPS_BACK = 1
_ISSUER = "Paycore"
_PIXELS = 4  # per module


def new_seed() -> str:
    """160 random bits in base 32 (RFC 4226, R6)."""
    return pyotp.random_base32()


def otpauth_uri(seed: str, email: str) -> str:
    """What an app needs to know (the Key URI format of Google Authenticator)."""
    return pyotp.TOTP(seed, interval=STEP_S).provisioning_uri(name=email, issuer_name=_ISSUER)


def qr_code(uri: str) -> str:
    """The URI as a QR code, in SVG."""
    import segno  # loaded when the first code is drawn: no other request waits for it

    return str(segno.make_qr(uri).svg_inline(scale=_PIXELS, border=4, light="white"))


def step_of(seed: str, code: str, used_step: int) -> int | None:
    """The 30 s step whose code this is: the present one or the one before, later than `used_step`; else None."""
    present = int(clock.now().timestamp()) // STEP_S
    otp = pyotp.HOTP(seed)
    fitting = [
        step for step in range(present, present - _STEPS_BACK - 1, -1) if hmac.compare_digest(otp.at(step), code)
    ]
    return next((step for step in fitting if step > used_step), None)
