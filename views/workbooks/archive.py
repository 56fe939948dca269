"""Checks the zip container of a workbook before any reader opens it: sizes as they really are, macros, links."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from config.text import Text, text
from views.workbooks.problems import WorkbookError
from views.workbooks.sheetscan import SheetFacts, damaged, scan_sheet

_CHUNK = 1024 * 1024
_LOCAL_HEADER = 30
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SHEET_PART = re.compile(r"xl/(?:worksheets|chartsheets|dialogsheets)/[^/]+\.xml", re.IGNORECASE)
_MACRO_PART = re.compile(r"vbaProject|/macrosheets/|vbaData|/activeX/", re.IGNORECASE)
_LINK_PART = re.compile(r"/externalLinks/|/connections\.xml|/queryTables/", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be: bytes of the file, bytes unpacked and their ratio, rows a sheet, cells a sheet."""

    file_bytes: int = 64 * 1024 * 1024
    unpacked_bytes: int = 1024 * 1024 * 1024
    ratio: int = 200
    ratio_from_bytes: int = 8 * 1024 * 1024
    parts: int = 5_000
    rows: int = 500_000
    cells: int = 20_000_000


@dataclass(slots=True)
class ArchiveFacts:
    """What the container holds: its sheets' facts by part name, and the parts that tell the sheets' names."""

    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    workbook_xml: bytes = b""
    relations_xml: bytes = b""


def inspect_archive(content: bytes, limits: Limits) -> ArchiveFacts:
    """Unpack every part once, counting; raises `WorkbookError` for whatever must not be read."""
    _refuse_what_is_no_zip(content, limits)
    try:
        return _inspect(content, limits)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError) as error:
        raise WorkbookError(damaged()) from error


def _refuse_what_is_no_zip(content: bytes, limits: Limits) -> None:
    if len(content) > limits.file_bytes:
        raise WorkbookError(
            text(
                "The file is too large: {size} MB; at most {limit} MB are read.",
                "文件过大：{size} MB，最多可读取 {limit} MB。",
                size=round(len(content) / 1048576, 1),
                limit=round(limits.file_bytes / 1048576, 1),
            )
        )
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise WorkbookError(_encrypted())
        raise WorkbookError(
            text(
                "The file is in the old .xls format; save it as an Excel workbook (.xlsx).",
                "文件是旧的 .xls 格式，请另存为 Excel 工作簿（.xlsx）。",
            )
        )
    if not content.startswith(b"PK\x03\x04"):
        raise WorkbookError(_no_workbook())


def _inspect(content: bytes, limits: Limits) -> ArchiveFacts:
    facts = ArchiveFacts()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
    _check_directory(parts, len(content), limits)
    unpacked = 0
    for part in parts:
        name = part.filename.lstrip("/")
        counted = _Counted(content, part, limits.unpacked_bytes - unpacked)
        if _SHEET_PART.fullmatch(name):
            sheet = scan_sheet(counted)
            facts.sheets[name.casefold()] = sheet
            _check_extent(sheet, limits)
        elif name.casefold() == "xl/workbook.xml":
            facts.workbook_xml = b"".join(counted)
        elif name.casefold() == "xl/_rels/workbook.xml.rels":
            facts.relations_xml = b"".join(counted)
        elif name == "[Content_Types].xml":
            _check_content_types(b"".join(counted))
        else:
            for _ in counted:
                pass
        unpacked += counted.size
    if not facts.workbook_xml:
        raise WorkbookError(_no_workbook())
    return facts


def _check_directory(parts: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    if len({part.filename.casefold() for part in parts}) != len(parts):
        raise WorkbookError(damaged())
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookError(_encrypted())
    for part in parts:
        if _MACRO_PART.search(part.filename):
            raise WorkbookError(_macros())
        if _LINK_PART.search(part.filename):
            raise WorkbookError(
                text(
                    "The workbook has links to other files or data connections; break the links and save it again.",
                    "工作簿含有外部链接或数据连接，请断开链接后重新保存。",
                )
            )
    declared = sum(part.file_size for part in parts)
    too_dense = declared > limits.ratio_from_bytes and declared > limits.ratio * size
    if declared > limits.unpacked_bytes or too_dense or len(parts) > limits.parts:
        raise WorkbookError(_expands())


def _check_content_types(types: bytes) -> None:
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise WorkbookError(_macros())


def _check_extent(sheet: SheetFacts, limits: Limits) -> None:
    if sheet.last_row > limits.rows or sheet.last_row * sheet.last_column > limits.cells:
        raise WorkbookError(
            text(
                "A sheet extends over {rows} rows and {columns} columns; at most {limit} rows and {cells} cells "
                "are read. Delete what stands far below or far to the right.",
                "有一个工作表多达 {rows} 行、{columns} 列；最多可读取 {limit} 行、{cells} 个单元格。"
                "请删除远处多余的内容。",
                rows=sheet.last_row,
                columns=sheet.last_column,
                limit=limits.rows,
                cells=limits.cells,
            )
        )


class _Counted:
    """The unpacked chunks of one part, counted as they really come: what the directory says may be a lie."""

    def __init__(self, content: bytes, part: zipfile.ZipInfo, room: int) -> None:
        self.content = content
        self.part = part
        self.room = room
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        is_xml = self.part.filename.casefold().endswith((".xml", ".rels"))
        for chunk in self._unpacked():
            self.size += len(chunk)
            if self.size > self.room:
                raise WorkbookError(_expands())
            if is_xml and self.size == len(chunk):
                _check_start(chunk)
            yield chunk
        if self.size != self.part.file_size:
            raise WorkbookError(damaged())

    def _unpacked(self) -> Iterator[bytes]:
        header = self.content[self.part.header_offset : self.part.header_offset + _LOCAL_HEADER]
        if header[:4] != b"PK\x03\x04":
            raise WorkbookError(damaged())
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        start = self.part.header_offset + _LOCAL_HEADER + name_length + extra_length
        packed = memoryview(self.content)[start : start + self.part.compress_size]
        if self.part.compress_type == zipfile.ZIP_STORED:
            yield bytes(packed)
            return
        if self.part.compress_type != zipfile.ZIP_DEFLATED:
            raise WorkbookError(damaged())
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        pending: bytes | memoryview = packed
        while len(pending) and not inflater.eof:
            yield inflater.decompress(pending, _CHUNK)
            pending = inflater.unconsumed_tail
        yield inflater.flush()


def _check_start(chunk: bytes) -> None:
    """Document types and UTF-16 have no place in a workbook and hide things from the checks."""
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or _DOCTYPE.search(chunk[:4096]):
        raise WorkbookError(damaged())


def _no_workbook() -> Text:
    return text(
        "The file is no Excel workbook (.xlsx).",
        "该文件不是 Excel 工作簿（.xlsx）。",
    )


def _encrypted() -> Text:
    return text(
        "The workbook is encrypted; save it without a password.",
        "工作簿已加密，请取消密码后重新保存。",
    )


def _macros() -> Text:
    return text(
        "The workbook contains macros; save it as an Excel workbook without macros (.xlsx).",
        "工作簿含有宏，请另存为不含宏的 Excel 工作簿（.xlsx）。",
    )


def _expands() -> Text:
    return text(
        "The workbook expands to far more than its size and is not read.",
        "工作簿解压后远超正常大小，已拒绝读取。",
    )
