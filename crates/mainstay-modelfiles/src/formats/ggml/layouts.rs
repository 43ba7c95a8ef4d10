//! How the files of each model are laid out.

/// How files of a model are laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Which model.
    pub(super) model: &'static str,
    /// Whether a version follows the magic.
    pub(super) has_version: bool,
    /// The parameters, four bytes each.
    pub(super) parameters: &'static [&'static str],
    /// Where the number of tokens stands.
    pub(super) vocabulary: Vocabulary,
    /// Whether four bytes of score follow each token.
    pub(super) has_scores: bool,
    /// Whether the bytes of a tensor begin at a multiple of 32.
    pub(super) is_aligned: bool,
    /// The sizes of the blocks of quantised types.
    pub(super) blocks: Blocks,
}

/// Where the number of tokens stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// There is none.
    None,
    /// In this parameter.
    Parameter(usize),
    /// Before the tokens.
    Own,
    /// Before the tokens, and a table of filters before that.
    OwnBehindFilters,
}

/// The sizes of blocks changed in May 2023.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocks {
    New,
    Old,
}

const LLAMA: Layout = Layout {
    model: "LLaMA",
    has_version: false,
    parameters: &["n_vocab", "n_embd", "n_mult", "n_head", "n_layer", "n_rot", "ftype"],
    vocabulary: Vocabulary::Parameter(0),
    has_scores: false,
    is_aligned: false,
    blocks: Blocks::New,
};
const GGMF: Layout = Layout { has_version: true, has_scores: true, ..LLAMA };
const GGJT: Layout = Layout { is_aligned: true, ..GGMF };
const GGLA: Layout = Layout {
    model: "LoRA adapter",
    parameters: &["r", "alpha"],
    vocabulary: Vocabulary::None,
    has_scores: false,
    ..GGJT
};
const WHISPER: Layout = Layout {
    model: "Whisper",
    parameters: &[
        "n_vocab",
        "n_audio_ctx",
        "n_audio_state",
        "n_audio_head",
        "n_audio_layer",
        "n_text_ctx",
        "n_text_state",
        "n_text_head",
        "n_text_layer",
        "n_mels",
        "ftype",
    ],
    vocabulary: Vocabulary::OwnBehindFilters,
    ..LLAMA
};
const GPT_2: Layout = Layout {
    model: "GPT-2",
    parameters: &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "ftype"],
    vocabulary: Vocabulary::Own,
    ..LLAMA
};
const GPT_J: Layout = Layout {
    model: "GPT-J",
    parameters: &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "n_rot", "ftype"],
    ..GPT_2
};
const GPT_NEOX: Layout = Layout {
    model: "GPT-NeoX",
    parameters: &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "n_rot", "par_res", "ftype"],
    vocabulary: Vocabulary::Parameter(0),
    ..LLAMA
};
const MPT: Layout = Layout {
    model: "MPT",
    parameters: &[
        "d_model",
        "max_seq_len",
        "n_heads",
        "n_layers",
        "n_vocab",
        "alibi",
        "clip_qkv",
        "ftype",
    ],
    vocabulary: Vocabulary::Parameter(4),
    ..LLAMA
};

/// The layouts that a magic may have, each with both sizes of blocks.
pub(super) fn of(magic: [u8; 4]) -> impl Iterator<Item = Layout> {
    let layouts: &[Layout] = match &magic {
        b"lmgg" => &[WHISPER, LLAMA, GPT_2, GPT_J, GPT_NEOX, MPT],
        b"fmgg" => &[GGMF],
        b"tjgg" => &[GGJT],
        b"algg" => &[GGLA],
        _ => &[],
    };
    let both = |layout: &Layout| [*layout, Layout { blocks: Blocks::Old, ..*layout }];
    layouts.iter().flat_map(both).collect::<Vec<_>>().into_iter()
}
