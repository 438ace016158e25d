package io.rela.embed;

import io.rela.image.RejectReason;

/** Why a sample has no feature, in a word and in a sentence. */
record Reject(RejectReason reason, String detail) {}
