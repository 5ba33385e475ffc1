"""Every problem code with its severity and the sentence that people read.

A sentence says what, where, and what to do. Facts in braces come from the rule that found the problem.
A new code gets its paragraph in `docs/problems.md`; a test holds the two together.
"""

CODES: dict[str, tuple[str, str]] = {
    # files
    "file-empty": ("error", 'The file "{file}" is empty (0 bytes): copy it again from the scanner.'),
    "file-unreadable": (
        "error",
        'The file "{file}" cannot be read ({detail}): check its permissions and copy it again.',
    ),
    "file-unsafe": (
        "error",
        '"{file}" is a link or a device, not a file: put the real file into the folder.',
    ),
    "file-name": (
        "error",
        'The name of "{file}" is not written in UTF-8, so it could not be kept as it is: rename it.',
    ),
    "file-stranger": (
        "warning",
        '"{file}" is neither a page image nor a checksum list and is left where it is: nothing needs to be done '
        "unless it was meant as a page.",
    ),
    "pages-none": (
        "error",
        'The folder "{file}" holds no page image: put TIFF, JPEG, PNG, JP2 or PDF files into it.',
    ),
    "pages-too-many": ("error", '"{file}" has {found} pages, more than the limit of {limit}: split it.'),
    # formats
    "format-unknown": (
        "error",
        'The file "{file}" is not an image that can be read: save the page again as TIFF, JPEG, PNG, JP2 or PDF.',
    ),
    "format-not-accepted": (
        "error",
        'The file "{file}" is {detail}, which is no format for scans: save the page as TIFF, JPEG, PNG, JP2 or PDF.',
    ),
    "format-other-name": (
        "warning",
        'The file "{file}" is named like another format but holds {detail}: it is kept as it is; rename it at the source.',
    ),
    # images
    "image-damaged": (
        "error",
        'The file "{file}" is damaged and cannot be shown in full ({detail}): scan the page again or copy the file again.',
    ),
    "image-truncated": (
        "error",
        'The file "{file}" is cut off before its end ({detail}): copy it again from the scanner, or scan the page again.',
    ),
    "image-too-large": (
        "error",
        'The file "{file}" claims {width} x {height} pixels, more than the limit of {limit} megapixels: '
        "check the file, or scan the page in parts.",
    ),
    "image-header-wrong": (
        "error",
        'The file "{file}" contradicts itself ({detail}): save the page again from the scanning program.',
    ),
    "image-faulty-rows": (
        "warning",
        'The file "{file}" can be shown, but its reader complained ({detail}): look at the page and scan it again if '
        "lines are broken.",
    ),
    "image-animated": (
        "warning",
        'The file "{file}" holds {found} frames of one moving picture: only the first is shown as the page; '
        "save it as a still image if another was meant.",
    ),
    "image-directory-loop": (
        "warning",
        'The directories of "{file}" point back to themselves; pages found before the loop: {found}; '
        "check that none is missing.",
    ),
    "image-exif-invalid": (
        "warning",
        'The camera data (EXIF) of "{file}" cannot be read and is ignored: check that the page stands upright.',
    ),
    "image-no-resolution": (
        "warning",
        'No resolution is given on {found} of the pages (first "{file}"): the size of the original stays '
        "unknown; set it in the scanning program.",
    ),
    "image-no-profile": (
        "warning",
        'No colour profile is given on {found} of the colour pages (first "{file}"): sRGB is assumed; embed the profile when scanning.',
    ),
    "image-profile-invalid": (
        "warning",
        'The colour profile of "{file}" cannot be used and sRGB is assumed: check the colours of the page.',
    ),
    "image-oversized": (
        "warning",
        'The file "{file}" measures {detail}: if the original is smaller, correct the resolution and deliver it again.',
    ),
    # PDF
    "pdf-damaged": ("error", 'The PDF "{file}" cannot be opened ({detail}): export it again.'),
    "pdf-password": ("error", 'The PDF "{file}" asks for a password: export it without one.'),
    "pdf-restricted": (
        "warning",
        'The PDF "{file}" is encrypted with an empty password and forbids copying: it is kept as it is; '
        "ask its maker for an open one.",
    ),
    "pdf-repaired": (
        "warning",
        'The PDF "{file}" has a broken table of contents of its own objects; its pages could be read all the same: '
        "export it again if you can.",
    ),
    # the page process
    "page-timeout": (
        "error",
        'The file "{file}" took longer than {limit} seconds to open and was given up: save the page again.',
    ),
    "page-memory": (
        "error",
        'The file "{file}" asked for more memory than a page may use ({limit} MB) and was given up: '
        "save the page again, or scan it in parts.",
    ),
    "page-crashed": (
        "error",
        'The reader of images broke down over "{file}": the file is damaged in an unusual way, save the page again.',
    ),
    # checksums that came with the batch
    "checksum-mismatch": (
        "error",
        'The file "{file}" has the {algorithm} digest {found}, but "{list}" says {expected}: '
        "copy it again from the scanner.",
    ),
    "checksum-file-missing": (
        "error",
        '"{list}" names the file "{file}", which is not in the folder: copy it there or correct the list.',
    ),
    "checksum-file-unlisted": (
        "error",
        'The file "{file}" ({algorithm} {found}) is not named in "{list}": add it to the list or take the file away.',
    ),
    "checksum-list-unreadable": (
        "error",
        'The checksum list "{list}" cannot be understood ({detail}): write one line a file, the digest and then the name.',
    ),
    # bags
    "bag-invalid": (
        "error",
        'The bag "{file}" is not valid ({detail}): make the bag again and copy it here.',
    ),
    # metadata
    "metadata-missing": (
        "warning",
        'The folder "{file}" has no row in metadata.csv: its name is used as the title; add a row to describe the item.',
    ),
    "metadata-title-missing": (
        "warning",
        'The row of "{file}" in metadata.csv has no title: the folder\'s name is used; fill in dc.title.',
    ),
    "metadata-unreadable": (
        "error",
        'The file "{file}" cannot be read as a table ({detail}): save it as CSV in UTF-8.',
    ),
    "metadata-row-without-folder": (
        "warning",
        'metadata.csv describes "{file}", but there is no such folder: copy the folder here or take the row out.',
    ),
    "metadata-row-twice": (
        "error",
        'metadata.csv has more than one row for "{file}": leave one of them.',
    ),
    "metadata-too-long": (
        "error",
        'The column "{column}" of "{file}" is {found} characters long, more than the limit of {limit}: shorten it.',
    ),
    "metadata-language-missing": (
        "warning",
        'No language is given for "{file}": its text cannot be read; fill in dc.language, for example en or de.',
    ),
    "metadata-language-unknown": (
        "warning",
        'The language "{value}" of "{file}" is not a known code: write a code such as en, de or fr.',
    ),
    "metadata-date-unclear": (
        "warning",
        'The date "{value}" of "{file}" is not a date in EDTF: it is shown as written but cannot be sorted by.',
    ),
    "metadata-rights-not-a-uri": (
        "warning",
        'The rights of "{file}" are no address of Creative Commons or RightsStatements.org: "{value}" is shown as written.',
    ),
    "metadata-rights-mapped": (
        "warning",
        'The rights "{value}" of "{file}" were read as {uri}: write the address into dc.rights if that is right.',
    ),
    "metadata-rights-missing": (
        "warning",
        'No rights are given for "{file}": say in dc.rights who may use it, best as an address of RightsStatements.org.',
    ),
    # identity
    "key-twice": (
        "error",
        'Two items of this batch have the same identifier "{value}": give each its own dc.identifier.',
    ),
    "already-held": (
        "error",
        '"{file}" is already held as {id} with other content ({detail}): queue it with "new version" if it shall '
        "replace what is held.",
    ),
    "duplicate-pages": (
        "warning",
        'The pages of "{file}" are the same as those of {id}, which is held already: check that it is not sent twice.',
    ),
    # reading the text
    "ocr-model-missing": (
        "warning",
        'The language {language} of "{file}" cannot be read on this machine: install {remedy}, then have the text read again.',
    ),
    "page-blank": (
        "warning",
        'Page {page} ("{file}") seems to be empty and was not read: nothing needs to be done unless it bears writing; '
        "then scan it again with more contrast.",
    ),
    "ocr-timeout": (
        "warning",
        'Reading the text of page {page} ("{file}") took longer than {limit} seconds and was given up: '
        "the page is stored without text; try again later.",
    ),
    "ocr-failed": (
        "warning",
        'The text of page {page} ("{file}") could not be read ({detail}): the page is stored without text; try again later.',
    ),
}
