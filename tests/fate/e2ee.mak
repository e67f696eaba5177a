# The media are tiny and ship as text: no samples are needed.
tests/data/e2ee-%: TAG = GEN
tests/data/e2ee-%: $(SRC_PATH)/tests/e2ee/%.base64 | tests/data
	$(M)base64 -d <$< >$@

E2EE_KEY   = key_hex=000102030405060708090a0b0c0d0e0f
E2EE_OTHER = key_hex=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
E2EE_LONG  = key_size=256:$(E2EE_KEY)101112131415161718191a1b1c1d1e1f

# A given start value makes the sealed bytes the same each time.
E2EE_SEAL  = e2ee_encrypt=iv=a0a1a2a3a4a5a6a700000000:report=none
E2EE_OPEN  = e2ee_decrypt=report=none
E2EE_STATE = e2ee_decrypt=on_failure=keep

# Version 1 of framemd5 is without side data, version 2 has the states.
# $(1) end of the name, $(2) file, $(3) demuxer
define FATE_E2EE_SUITE
fate-bsf-e2ee-encrypt-$(1): CMD = framemd5 -i $(TARGET_PATH)/tests/data/e2ee-$(2) -c copy -format_version 1 -bsf $(E2EE_SEAL):$(E2EE_KEY)
fate-bsf-e2ee-encrypt-256-$(1): CMD = framemd5 -i $(TARGET_PATH)/tests/data/e2ee-$(2) -c copy -format_version 1 -bsf $(E2EE_SEAL):$(E2EE_LONG)
fate-bsf-e2ee-decrypt-$(1): CMD = framemd5 -i $(TARGET_PATH)/tests/data/e2ee-$(2) -c copy -format_version 1 -bsf $(E2EE_SEAL):$(E2EE_KEY),$(E2EE_OPEN):$(E2EE_KEY)
fate-bsf-e2ee-wrong-key-$(1): CMD = framemd5 -i $(TARGET_PATH)/tests/data/e2ee-$(2) -c copy -bsf $(E2EE_SEAL):$(E2EE_KEY),$(E2EE_STATE):$(E2EE_OTHER)
fate-bsf-e2ee-missing-key-$(1): CMD = framemd5 -i $(TARGET_PATH)/tests/data/e2ee-$(2) -c copy -bsf $(E2EE_SEAL):$(E2EE_KEY),$(E2EE_STATE):$(E2EE_KEY):key_index=1
fate-bsf-e2ee-not-sealed-$(1): CMD = framemd5 -i $(TARGET_PATH)/tests/data/e2ee-$(2) -c copy -bsf $(E2EE_STATE):$(E2EE_KEY)

FATE_E2EE_$(1) = $(foreach T,encrypt encrypt-256 decrypt wrong-key missing-key not-sealed,fate-bsf-e2ee-$(T)-$(1))
$$(FATE_E2EE_$(1)): tests/data/e2ee-$(2)
FATE_E2EE-$(call ALLYES, E2EE_ENCRYPT_BSF E2EE_DECRYPT_BSF $(3)_DEMUXER FRAMEMD5_MUXER FILE_PROTOCOL PIPE_PROTOCOL) += $$(FATE_E2EE_$(1))
endef

$(eval $(call FATE_E2EE_SUITE,vp8,vp8.ivf,IVF))
$(eval $(call FATE_E2EE_SUITE,h264,h264.h264,H264))
$(eval $(call FATE_E2EE_SUITE,opus,opus.ogg,OGG))

# The state of each frame, as a decoder hands it on. A filter before the
# decoder is what FFmpeg before 7.0 does not have.
fate-bsf-e2ee-metadata: tests/data/e2ee-vp8.ivf
fate-bsf-e2ee-metadata: CMD = run ffmpeg$(PROGSSUF)$(EXESUF) -nostdin -v error -bitexact -bsf $(E2EE_SEAL):$(E2EE_KEY),$(E2EE_STATE):$(E2EE_KEY) -i $(TARGET_PATH)/tests/data/e2ee-vp8.ivf -vf metadata=mode=print:file=- -f null -
ifneq ($(wildcard $(SRC_PATH)/libavcodec/bsf),)
FATE_E2EE-$(call ALLYES, E2EE_ENCRYPT_BSF E2EE_DECRYPT_BSF IVF_DEMUXER VP8_DECODER METADATA_FILTER WRAPPED_AVFRAME_ENCODER NULL_MUXER FILE_PROTOCOL PIPE_PROTOCOL) += fate-bsf-e2ee-metadata
endif

FATE_FFMPEG += $(FATE_E2EE-yes)
fate-e2ee: $(FATE_E2EE-yes)
