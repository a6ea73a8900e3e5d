"""The message platform: chunks instead of due rows, template versions, receipts, statistics."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_first_versions(apps, schema_editor):
    template = apps.get_model("messaging", "MessageTemplate")
    version = apps.get_model("messaging", "TemplateVersion")
    version.objects.bulk_create(
        version(
            template=row,
            version=row.version,
            body_format=row.body_format,
            subject=row.subject,
            body=row.body,
            options=row.options,
        )
        for row in template.objects.all()
    )


def leave_room(apps, schema_editor):
    """Free room in each page lets an update stay in it (HOT), and vacuum comes early."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE messaging_message SET (fillfactor = 70,"
            " autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)"
        )


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_superuser_is_admin'),
        ('messaging', '0002_accounts_and_options'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='message',
            name='message_due',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_leased',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_by_batch',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_by_recipient',
        ),
        migrations.RemoveField(
            model_name='message',
            name='enqueued_at',
        ),
        migrations.RemoveField(
            model_name='message',
            name='trace_id',
        ),
        migrations.AddField(
            model_name='message',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='送达时间'),
        ),
        migrations.AddField(
            model_name='message',
            name='duration_ms',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='平台耗时（毫秒）'),
        ),
        migrations.AddField(
            model_name='message',
            name='fallback_channels',
            field=models.JSONField(blank=True, null=True, verbose_name='备用渠道'),
        ),
        migrations.AddField(
            model_name='message',
            name='variables',
            field=models.JSONField(blank=True, null=True, verbose_name='变量'),
        ),
        migrations.AddField(
            model_name='messagebatch',
            name='is_cancelled',
            field=models.BooleanField(default=False, verbose_name='已取消'),
        ),
        migrations.AddField(
            model_name='messagebatch',
            name='is_paused',
            field=models.BooleanField(default=False, verbose_name='已暂停'),
        ),
        migrations.AddField(
            model_name='messagebatch',
            name='template',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='messaging.messagetemplate', verbose_name='模板'),
        ),
        migrations.AddField(
            model_name='messagebatch',
            name='variables',
            field=models.JSONField(blank=True, default=dict, verbose_name='共用变量'),
        ),
        migrations.AddField(
            model_name='messagetemplate',
            name='dedupe_seconds',
            field=models.PositiveIntegerField(default=0, verbose_name='内容去重（秒）'),
        ),
        migrations.AddField(
            model_name='messagetemplate',
            name='keywords',
            field=models.JSONField(blank=True, default=list, verbose_name='触发关键词'),
        ),
        migrations.AddField(
            model_name='messagetemplate',
            name='push_mode',
            field=models.CharField(choices=[('realtime', '实时推送'), ('scheduled', '定时推送'), ('manual', '手动推送')], default='manual', max_length=10, verbose_name='推送模式'),
        ),
        migrations.AddField(
            model_name='messagetemplate',
            name='recipients',
            field=models.JSONField(blank=True, default=list, help_text='例如 ["test_group_001"]', verbose_name='定时推送的接收方'),
        ),
        migrations.AddField(
            model_name='messagetemplate',
            name='schedule',
            field=models.CharField(blank=True, help_text='分 时 日 月 周，例如 0 9 * * *', max_length=100, verbose_name='定时（cron）'),
        ),
        migrations.AddField(
            model_name='messagetemplate',
            name='timezone',
            field=models.CharField(default='Asia/Shanghai', max_length=40, verbose_name='时区'),
        ),
        migrations.AlterField(
            model_name='message',
            name='account',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='messaging.channelaccount', verbose_name='渠道账号'),
        ),
        migrations.AlterField(
            model_name='message',
            name='batch',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='messaging.messagebatch', verbose_name='批次'),
        ),
        migrations.AlterField(
            model_name='message',
            name='created_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='提交人'),
        ),
        migrations.AlterField(
            model_name='message',
            name='customer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='customers.customer', verbose_name='客户'),
        ),
        migrations.AlterField(
            model_name='message',
            name='dedupe_key',
            field=models.CharField(blank=True, max_length=255, null=True, verbose_name='去重键'),
        ),
        migrations.AlterField(
            model_name='message',
            name='message_id',
            field=models.CharField(max_length=40, verbose_name='消息编号'),
        ),
        migrations.AlterField(
            model_name='message',
            name='payload',
            field=models.JSONField(blank=True, null=True, verbose_name='内容'),
        ),
        migrations.AlterField(
            model_name='message',
            name='recipient',
            field=models.CharField(max_length=1000, verbose_name='接收方'),
        ),
        migrations.AlterField(
            model_name='message',
            name='template',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='messaging.messagetemplate', verbose_name='模板'),
        ),
        migrations.CreateModel(
            name='ChannelCircuit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, verbose_name='渠道与账号')),
                ('is_open', models.BooleanField(default=False, verbose_name='已熔断')),
                ('open_until', models.DateTimeField(blank=True, null=True, verbose_name='熔断至')),
                ('open_seconds', models.PositiveIntegerField(default=30, verbose_name='熔断时长（秒）')),
                ('code', models.CharField(blank=True, max_length=64, verbose_name='错误码')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='原因')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='熔断时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
            ],
            options={
                'verbose_name': '渠道熔断',
                'verbose_name_plural': '渠道熔断',
            },
        ),
        migrations.CreateModel(
            name='DailyStatistic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='日期')),
                ('channel', models.CharField(choices=[('GROUP_BOT', '群机器人'), ('AI', '智能机器人'), ('WORK_WECHAT', '企业微信应用'), ('WECHAT', '公众号'), ('SMS', '短信'), ('EMAIL', '邮件'), ('APP', 'App 推送'), ('FEISHU', '飞书')], max_length=12, verbose_name='渠道')),
                ('template_id', models.BigIntegerField(default=0, verbose_name='模板')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='总数')),
                ('sent', models.PositiveIntegerField(default=0, verbose_name='已发送')),
                ('delivered', models.PositiveIntegerField(default=0, verbose_name='已送达')),
                ('failed', models.PositiveIntegerField(default=0, verbose_name='失败')),
                ('cancelled', models.PositiveIntegerField(default=0, verbose_name='已取消')),
                ('duration_sum_ms', models.BigIntegerField(default=0)),
                ('durations', models.JSONField(default=dict)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': '每日统计',
                'verbose_name_plural': '每日统计',
                'constraints': [
                    models.UniqueConstraint(fields=('date', 'channel', 'template_id'), name='daily_statistic_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='EarlyReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('GROUP_BOT', '群机器人'), ('AI', '智能机器人'), ('WORK_WECHAT', '企业微信应用'), ('WECHAT', '公众号'), ('SMS', '短信'), ('EMAIL', '邮件'), ('APP', 'App 推送'), ('FEISHU', '飞书')], max_length=12)),
                ('provider_message_id', models.CharField(max_length=128)),
                ('recipient', models.CharField(blank=True, max_length=1000)),
                ('status', models.CharField(max_length=10)),
                ('code', models.CharField(blank=True, max_length=64)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'verbose_name': '早到的回执',
                'verbose_name_plural': '早到的回执',
                'indexes': [
                    models.Index(fields=['channel', 'provider_message_id'], name='early_receipt_find'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MessageChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue', models.CharField(choices=[('urgent', '紧急'), ('high', '高'), ('normal', '普通'), ('low', '低')], max_length=8)),
                ('message_ids', models.JSONField()),
                ('size', models.PositiveIntegerField()),
                ('may_expire', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('publications', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='messaging.messagebatch')),
            ],
            options={
                'verbose_name': '发送分块',
                'verbose_name_plural': '发送分块',
                'indexes': [
                    models.Index(condition=models.Q(('published_at__isnull', True)), fields=['due_at'], name='message_chunk_due'),
                    models.Index(fields=['published_at'], name='message_chunk_published'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('GROUP_BOT', '群机器人'), ('AI', '智能机器人'), ('WORK_WECHAT', '企业微信应用'), ('WECHAT', '公众号'), ('SMS', '短信'), ('EMAIL', '邮件'), ('APP', 'App 推送'), ('FEISHU', '飞书')], max_length=12, verbose_name='渠道')),
                ('address', models.CharField(max_length=1000, verbose_name='接收方')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
            ],
            options={
                'verbose_name': '退订',
                'verbose_name_plural': '退订',
                'constraints': [
                    models.UniqueConstraint(fields=('channel', 'address'), name='opt_out_unique'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProviderReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('GROUP_BOT', '群机器人'), ('AI', '智能机器人'), ('WORK_WECHAT', '企业微信应用'), ('WECHAT', '公众号'), ('SMS', '短信'), ('EMAIL', '邮件'), ('APP', 'App 推送'), ('FEISHU', '飞书')], max_length=12)),
                ('provider_message_id', models.CharField(max_length=128)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='provider_references', to='messaging.message')),
            ],
            options={
                'verbose_name': '平台消息号',
                'verbose_name_plural': '平台消息号',
                'indexes': [
                    models.Index(fields=['channel', 'provider_message_id'], name='provider_reference_find'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('body_format', models.CharField(choices=[('text', '纯文本'), ('markdown', 'Markdown'), ('html', 'HTML'), ('card', '卡片')], max_length=10, verbose_name='正文格式')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='标题')),
                ('body', models.TextField(max_length=10000, verbose_name='正文')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='渠道选项')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='修改人')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='messaging.messagetemplate', verbose_name='模板')),
            ],
            options={
                'verbose_name': '模板版本',
                'verbose_name_plural': '模板版本',
                'constraints': [
                    models.UniqueConstraint(fields=('template', 'version'), name='template_version_unique'),
                ],
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['batch', 'id'], name='message_by_batch'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['recipient', 'id'], name='message_by_recipient'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['template', 'id'], name='message_by_template'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['channel', 'id'], include=('created_at',), name='message_by_channel'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['created_at', 'id'], name='message_by_time'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', 'id'], name='message_by_customer'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('error_code', ''), _negated=True), fields=['id'], name='message_in_trouble'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('delivered_at__isnull', False)), fields=['id'], name='message_delivered'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('message_id',), name='message_id_unique'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('dedupe_key__isnull', False)), fields=('dedupe_key',), name='message_dedupe_unique'),
        ),
        migrations.AddConstraint(
            model_name='messagetemplate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('push_mode', 'scheduled'), _negated=True), models.Q(('schedule', ''), _negated=True), _connector='OR'), name='template_scheduled_has_schedule'),
        ),
        migrations.RunPython(keep_first_versions, migrations.RunPython.noop),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
